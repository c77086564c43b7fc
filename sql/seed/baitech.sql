-- Demo data of the market baitech: its categories. The businesses follow in
-- baitech_providers.sql. Safe to run again.

insert into public.categories (
  id, market_id, parent_id, slug, icon, colour, sort_order, phase, is_featured, names, keywords
)
select
  ('ba17ec00-0000-4000-8000-000000000' || row.no)::uuid, 'baitech',
  ('ba17ec00-0000-4000-8000-000000000' || row.parent_no)::uuid,
  row.slug, row.icon, row.colour, row.sort_order, row.phase, row.is_featured, row.names::jsonb,
  row.keywords::text[]
from (
  values
    ('100', null::text, 'repairs', '🛠', '#d97706', 1, 'mvp', true,
      '{"en": "Home Repairs", "sw": "Matengenezo ya Nyumbani"}',
      '{fundi,repair,handyman,ukarabati}'),
    ('101', '100', 'electrical', '💡', '#d97706', 1, 'mvp', true,
      '{"en": "Electrical", "sw": "Umeme"}',
      '{electrician,fundi umeme,wiring,socket,tokeni,solar,nyaya,stima}'),
    ('102', '100', 'plumbing', '🔧', '#d97706', 2, 'mvp', true,
      '{"en": "Plumbing", "sw": "Mabomba"}',
      '{plumber,fundi bomba,mfereji,pipe,tap,leak,tank,choo}'),
    ('103', '100', 'carpentry', '🪚', '#d97706', 3, 'mvp', false,
      '{"en": "Carpentry", "sw": "Useremala"}',
      '{carpenter,seremala,furniture,samani,mlango,kabati,mbao}'),
    ('104', '100', 'painting', '🎨', '#d97706', 4, 'mvp', false,
      '{"en": "Painting", "sw": "Kupaka Rangi"}',
      '{painter,mpaka rangi,wall,ukuta}'),
    ('105', '100', 'appliance-repair', '🧊', '#d97706', 5, 'mvp', true,
      '{"en": "Appliance Repair", "sw": "Kutengeneza Vifaa"}',
      '{fridge,friji,washing machine,mashine ya kufua,cooker,jiko,microwave}'),
    ('106', '100', 'electronics', '📱', '#d97706', 6, 'mvp', true,
      '{"en": "Phones & Electronics", "sw": "Simu na Elektroniki"}',
      '{phone,simu,screen,kioo,laptop,TV,runinga,tarakilishi}'),
    ('200', null, 'cleaning-services', '🧹', '#16a34a', 2, 'mvp', true,
      '{"en": "Cleaning", "sw": "Usafi"}',
      '{cleaner,usafi,mama fua,fumigation}'),
    ('201', '200', 'house-cleaning', '🧽', '#16a34a', 1, 'mvp', true,
      '{"en": "House Cleaning", "sw": "Usafi wa Nyumba"}',
      '{house,nyumba,sofa,carpet,zulia}'),
    ('202', '200', 'laundry', '🧺', '#16a34a', 2, 'mvp', false,
      '{"en": "Laundry", "sw": "Kufua Nguo"}',
      '{mama fua,laundry,nguo,ironing,kupiga pasi}'),
    ('300', null, 'beauty', '💇', '#db2777', 3, 'mvp', true,
      '{"en": "Beauty", "sw": "Urembo"}',
      '{salon,kinyozi,saluni}'),
    ('301', '300', 'hair-braiding', '💈', '#db2777', 1, 'mvp', true,
      '{"en": "Hair & Braiding", "sw": "Nywele na Kusuka"}',
      '{braids,msusi,kusuka,nywele,dreadlocks,weave}'),
    ('400', null, 'moving', '🚚', '#475569', 4, 'mvp', false,
      '{"en": "Moving", "sw": "Kuhama"}',
      '{movers,mover,truck,lori,kuhamisha,pickup}')
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
