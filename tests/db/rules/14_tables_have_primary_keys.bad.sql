create table private.bad (id uuid);
