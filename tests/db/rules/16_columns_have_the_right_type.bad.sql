create table public.bad (id uuid primary key, paid_at timestamp, price_amount numeric);
