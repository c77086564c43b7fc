create policy update_all on storage.objects for update to authenticated using (true);
