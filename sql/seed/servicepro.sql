-- Demo data of the market servicepro: its categories. The businesses follow in
-- servicepro_providers.sql. Safe to run again.

insert into public.categories (
  id, market_id, parent_id, slug, icon, colour, sort_order, phase, is_featured, names, keywords
)
select
  ('5e2c1c00-0000-4000-8000-000000000' || row.no)::uuid, 'servicepro',
  ('5e2c1c00-0000-4000-8000-000000000' || row.parent_no)::uuid,
  row.slug, row.icon, row.colour, row.sort_order, row.phase, row.is_featured, row.names::jsonb,
  row.keywords::text[]
from (
  values
    ('100', null::text, 'lawn-care', '🌿', '#16a34a', 1, 'mvp', true,
      '{"en": "Lawn Care"}',
      '{lawn,yard,grass,landscaping}'),
    ('101', '100', 'mowing', '🚜', '#16a34a', 1, 'mvp', true,
      '{"en": "Mowing & Edging"}',
      '{mow,mower,edging,blowing,weeds}'),
    ('102', '100', 'tree-service', '🌳', '#16a34a', 2, 'mvp', false,
      '{"en": "Tree Service"}',
      '{tree,stump,trimming,removal}'),
    ('103', '100', 'irrigation', '💦', '#16a34a', 3, 'mvp', false,
      '{"en": "Irrigation"}',
      '{sprinkler,drip,leak}'),
    ('200', null, 'hvac', '❄️', '#2563eb', 2, 'mvp', true,
      '{"en": "Heating & Cooling"}',
      '{hvac,air conditioning,ac,furnace,heat pump,duct}'),
    ('300', null, 'plumbing', '🔧', '#0891b2', 3, 'mvp', true,
      '{"en": "Plumbing"}',
      '{plumber,drain,water heater,faucet,leak}'),
    ('400', null, 'cleaning', '🧹', '#d97706', 4, 'mvp', true,
      '{"en": "Cleaning"}',
      '{cleaner,maid,deep clean,windows,carpet}'),
    ('500', null, 'construction', '🏗', '#92400e', 5, 'mvp', false,
      '{"en": "Construction"}',
      '{contractor,remodel,handyman}'),
    ('501', '500', 'roofing', '🏠', '#92400e', 1, 'mvp', true,
      '{"en": "Roofing"}',
      '{roofer,shingles,storm damage,gutter}'),
    ('502', '500', 'decks-fences', '🪵', '#92400e', 2, 'mvp', false,
      '{"en": "Decks & Fences"}',
      '{deck,fence,pergola,carpenter}'),
    ('600', null, 'electrical', '💡', '#ca8a04', 6, 'mvp', false,
      '{"en": "Electrical"}',
      '{electrician,panel,outlet,generator,ev charger}'),
    ('700', null, 'pest-control', '🐜', '#475569', 7, 'mvp', false,
      '{"en": "Pest Control"}',
      '{termite,mosquito,roach,exterminator}')
) as row (no, parent_no, slug, icon, colour, sort_order, phase, is_featured, names, keywords)
on conflict (id) do update set
  parent_id = excluded.parent_id,
  slug = excluded.slug,
  icon = excluded.icon,
  colour = excluded.colour,
  sort_order = excluded.sort_order,
  phase = excluded.phase,
  is_featured = excluded.is_featured,
  names = excluded.names,
  keywords = excluded.keywords;
