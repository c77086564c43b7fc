-- Accounts whose phone is not in the one spelling: from before there was one. Codes reach the SIM
-- all the same; where `other_account` is not empty, one SIM has two accounts.
select
  account.id, account.phone, private.normalize_phone('+' || account.phone) as right_spelling,
  other.id as other_account, other.banned_until as other_banned_until, account.last_sign_in_at
from auth.users as account
left join auth.users as other
  on '+' || other.phone = private.normalize_phone('+' || account.phone)
where account.deleted_at is null and private.phone_complaint(account.phone) is not null
order by account.created_at;
