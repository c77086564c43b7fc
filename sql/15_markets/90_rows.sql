-- The five markets. Rates: India GST 18 %, Kenya VAT 16 %, Kazakhstan VAT 16 % (from 2026),
-- Alabama has no sales tax on services.
insert into public.markets (
  id, names, country, currency, languages, default_language, time_zone,
  calling_code, phone_pattern, sms_service, number_prefix, phase,
  tax_name, tax_percent, booking_process_id, area
)
values
  (
    'bihar',
    '{"hi": "बिहार सेवा बाज़ार", "bho": "बिहार सेवा बजार", "mai": "बिहार सेवा बजार",
      "en": "Bihar Service Marketplace"}',
    'IN', 'INR', '{hi,bho,mai,en}', 'hi', 'Asia/Kolkata',
    '91', '^[6-9][0-9]{9}$', 'msg91', 'BH', 'mvp',
    'GST', 18, 'request', extensions.st_makeenvelope(83.2, 24.2, 88.4, 27.6, 4326)
  ),
  (
    'baitech',
    '{"en": "BaiTech", "sw": "BaiTech"}',
    'KE', 'KES', '{en,sw}', 'en', 'Africa/Nairobi',
    '254', '^[17][0-9]{8}$', 'africas_talking', 'BT', 'mvp',
    'VAT', 16, 'request', extensions.st_makeenvelope(33.9, -4.8, 41.9, 5.1, 4326)
  ),
  (
    'localpro',
    '{"en": "LocalPro Connect", "hi": "लोकलप्रो कनेक्ट", "ur": "لوکل پرو کنیکٹ"}',
    'IN', 'INR', '{en,hi,ur}', 'en', 'Asia/Kolkata',
    '91', '^[6-9][0-9]{9}$', 'msg91', 'BK', 'mvp',
    'GST', 18, 'request', extensions.st_makeenvelope(77.0, 23.8, 84.7, 30.5, 4326)
  ),
  (
    'atyrau',
    '{"ru": "Атырау: местный бизнес", "kk": "Атырау: жергілікті бизнес",
      "en": "Atyrau Local Business"}',
    'KZ', 'KZT', '{ru,kk,en}', 'ru', 'Asia/Atyrau',
    '7', '^7[0-9]{9}$', 'mobizon', 'AT', 'mvp',
    'НДС', 16, 'appointment', extensions.st_makeenvelope(48.0, 45.0, 57.0, 49.5, 4326)
  ),
  (
    'servicepro',
    '{"en": "ServicePro"}',
    'US', 'USD', '{en}', 'en', 'America/Chicago',
    '1', '^[2-9][0-9]{9}$', 'twilio', 'SP', 'mvp',
    null, 0, 'appointment', extensions.st_makeenvelope(-88.5, 30.1, -84.8, 35.1, 4326)
  )
on conflict (id) do update set
  names = excluded.names,
  country = excluded.country,
  currency = excluded.currency,
  languages = excluded.languages,
  default_language = excluded.default_language,
  time_zone = excluded.time_zone,
  calling_code = excluded.calling_code,
  phone_pattern = excluded.phone_pattern,
  sms_service = excluded.sms_service,
  number_prefix = excluded.number_prefix,
  tax_name = excluded.tax_name,
  tax_percent = excluded.tax_percent,
  booking_process_id = excluded.booking_process_id,
  area = excluded.area;

-- In Bihar the customer shows a code when the work begins and when it is done. Where lawns are
-- mowed while nobody is home it would only stand in the way.
update public.markets
set requires_start_code = true, requires_completion_code = true
where id = 'bihar';
