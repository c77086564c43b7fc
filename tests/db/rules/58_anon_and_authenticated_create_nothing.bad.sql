grant create on schema private to authenticated;
