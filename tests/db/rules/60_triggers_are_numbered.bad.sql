create table private.bad (id uuid primary key);
create trigger timestamps before update on private.bad
  for each row execute function private.tg__timestamps();
