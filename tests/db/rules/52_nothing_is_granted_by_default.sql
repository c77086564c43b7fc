-- The platform's default privileges of `postgres`, who runs the migrations, are taken back.
select format('%s in %s: %s to %s', d.defaclobjtype, d.defaclnamespace::regnamespace,
  g.privilege_type, g.grantee::regrole) as violation
from pg_catalog.pg_default_acl d
cross join aclexplode(d.defaclacl) g
where d.defaclrole = 'postgres'::regrole
  and d.defaclnamespace in (0, 'public'::regnamespace, to_regnamespace('private'))
  and g.grantee <> 'postgres'::regrole;
