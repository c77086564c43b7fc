-- Demo data of the market bihar: its categories. The businesses follow in
-- bihar_providers.sql. Safe to run again.

insert into public.categories (
  id, market_id, parent_id, slug, icon, colour, sort_order, phase, is_featured, names, keywords
)
select
  ('b14a2c00-0000-4000-8000-000000000' || row.no)::uuid, 'bihar',
  ('b14a2c00-0000-4000-8000-000000000' || row.parent_no)::uuid,
  row.slug, row.icon, row.colour, row.sort_order, row.phase, row.is_featured, row.names::jsonb,
  row.keywords::text[]
from (
  values
    ('100', null::text, 'electrician-services', '💡', '#d97706', 1, 'mvp', true,
      '{"hi": "बिजली मिस्त्री सेवाएँ", "bho": "बिजली मिस्तिरी के सेवा",
        "mai": "बिजली मिस्त्रीक सेवा", "en": "Electrician Services"}',
      '{electrician,bijli,mistri,current,इलेक्ट्रीशियन,बिजली मिस्त्री,मिस्तिरी,करंट}'),
    ('101', '100', 'fan-repair-cleaning', '🌀', '#d97706', 1, 'mvp', true,
      '{"hi": "पंखा मरम्मत और सफ़ाई", "bho": "पंखा मरम्मत आ सफाई", "mai": "पंखाक मरम्मति आ सफाई",
        "en": "Fan Repair & Cleaning"}',
      '{fan,pankha,ceiling fan,cooler,पंखा,पंखे,कूलर}'),
    ('102', '100', 'wiring', '🔌', '#d97706', 2, 'mvp', true,
      '{"hi": "वायरिंग", "bho": "वायरिंग के काम", "mai": "वायरिंगक काज", "en": "Wiring"}',
      '{wiring,cable,short circuit,तार,वायरिंग,शॉर्ट सर्किट,केबल}'),
    ('103', '100', 'switches-boards', '🎚', '#d97706', 3, 'mvp', false,
      '{"hi": "स्विच और बोर्ड", "bho": "स्विच आ बोर्ड", "mai": "स्विच आ बोर्ड",
        "en": "Switches & Boards"}',
      '{switch,board,socket,MCB,fuse,स्विच,बोर्ड,फ्यूज,एमसीबी}'),
    ('104', '100', 'inverter-battery', '🔋', '#d97706', 4, 'mvp', true,
      '{"hi": "इन्वर्टर और बैटरी", "bho": "इनवर्टर आ बैटरी", "mai": "इन्वर्टर आ बैटरी",
        "en": "Inverter & Battery"}',
      '{inverter,battery,UPS,solar,इन्वर्टर,इनवर्टर,बैटरी,सोलर}'),
    ('105', '100', 'lights-decoration', '🪔', '#d97706', 5, 'mvp', false,
      '{"hi": "रोशनी और झालर", "bho": "बत्ती आ झालर", "mai": "बत्ती आ झालरि",
        "en": "Lights & Decoration"}',
      '{light,LED,jhalar,chhath,bulb,बल्ब,बत्ती,झालर,छठ}'),
    ('106', '100', 'motor-pump', '💧', '#d97706', 6, 'mvp', false,
      '{"hi": "मोटर और पंप", "bho": "मोटर आ पंप", "mai": "मोटर आ पम्प", "en": "Motor & Pump"}',
      '{motor,pump,submersible,boring,मोटर,पंप,समरसेबल,बोरिंग}'),
    ('107', '100', 'appliance-repair', '🧊', '#d97706', 7, 'mvp', false,
      '{"hi": "घरेलू उपकरण मरम्मत", "bho": "घरेलू सामान के मरम्मत",
        "mai": "घरेलू उपकरणक मरम्मति", "en": "Appliance Repair"}',
      '{fridge,AC,geyser,mixer,फ्रिज,एसी,गीज़र,मिक्सर}'),
    ('200', null, 'plumbing', '🔧', '#2563eb', 2, 'full_launch', false,
      '{"hi": "प्लंबिंग", "bho": "नल मिस्तिरी", "mai": "नल मिस्त्री", "en": "Plumbing"}',
      '{plumber,tap,नल,प्लंबर}'),
    ('300', null, 'carpentry', '🪚', '#92400e', 3, 'full_launch', false,
      '{"hi": "बढ़ईगीरी", "bho": "बढ़ई के काम", "mai": "बढ़इक काज", "en": "Carpentry"}',
      '{carpenter,furniture,बढ़ई,फ़र्नीचर}'),
    ('400', null, 'painting', '🎨', '#db2777', 4, 'full_launch', false,
      '{"hi": "पुताई", "bho": "पोताई", "mai": "पोताइ", "en": "Painting"}',
      '{painter,whitewash,पेंटर,पुताई}'),
    ('500', null, 'home-tutors', '✏️', '#16a34a', 5, 'full_launch', false,
      '{"hi": "होम ट्यूटर", "bho": "घर पर पढ़ाई", "mai": "घर पर पढ़ाइ", "en": "Home Tutors"}',
      '{tutor,maths,ट्यूशन,गणित}')
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
