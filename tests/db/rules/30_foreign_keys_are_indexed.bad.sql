create table private.bad (
  id uuid primary key,
  user_id uuid references auth.users on delete cascade
);
