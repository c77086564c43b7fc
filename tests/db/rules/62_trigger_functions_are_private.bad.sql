create function private.bad() returns trigger language plpgsql volatile set search_path = ''
as 'begin return new; end';
