create policy select_all on storage.objects for select using (true);
