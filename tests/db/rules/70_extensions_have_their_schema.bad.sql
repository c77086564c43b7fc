reset role;
alter extension unaccent set schema public;
