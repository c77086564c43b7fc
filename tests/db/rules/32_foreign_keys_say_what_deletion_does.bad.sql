create table private.bad (id uuid primary key references auth.users);
