insert into storage.buckets (id, name) values ('bad', 'bad');
