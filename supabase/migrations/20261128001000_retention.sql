-- Keeping the database small, for those who ask for it: chunk times, texts and raw rows go at ages of their own, rows only
-- once an hourly rollup holds what they said. And what was spent, which is read from the newest rows.

-- One step of pruning, of one kind, small enough for a statement timeout; the caller repeats it until a step
-- drops nothing. Rows first, an hour at a time: what goes whole need not be emptied before. Then chunk times, then
-- texts. Picked by place (ctid), which no plan answers by reading the whole table.
-- Ages in days, null for "keep": nothing is older than that. Raw rows younger than 31 days are never touched: the
-- dashboard's longest window reads them. Rows that arrive after their hour was rolled up make a rollup of their own.
create function public.engine_prune(chunk_times_days integer, texts_days integer, rows_days integer) returns jsonb
language plpgsql volatile security invoker set search_path = '' as $$
declare
  step constant integer := 1000;
  chunk_times integer := 0;
  texts integer := 0;
  deleted integer := 0;
  oldest timestamptz;
begin
  if least(chunk_times_days, texts_days, rows_days) < 1 then
    raise exception 'An age must be at least one day.' using errcode = '22023';
  elsif rows_days < 31 then
    raise exception 'Raw rows are kept for at least 31 days.' using errcode = '22023';
  end if;

  select date_trunc('hour', min(created_at), 'UTC') into oldest from public.benchmark_results
  where created_at < date_trunc('hour', now() - make_interval(days => rows_days), 'UTC');
  if oldest is not null then
    perform set_config('internal.pruning', 'on', true);
    with gone as (
      delete from public.benchmark_results
      where created_at >= oldest and created_at < oldest + interval '1 hour'
      returning *
    ), counted as (
      select *, case when success then ttft_ms end as ttft, case when success then tps end as rate,
        case when success then total_latency_ms end as latency, count(*) over (
          partition by provider_id, model_id, provider, model, location, simulated, prompt_version,
            success, coalesce(error_kind, 'unknown')) as alike
      from gone
    ), rolled as (
      insert into public.hourly_rollups
        (hour, provider_id, model_id, provider, model, location, simulated, prompt_version, n, successes, failures,
         input_tokens, output_tokens, cost_usd, ttft_n, ttft_sum_ms, ttft_p50_ms, ttft_p95_ms,
         tps_n, tps_sum, tps_p50, tps_p95, latency_n, latency_sum_ms, latency_p50_ms, latency_p95_ms)
      select oldest, g.provider_id, g.model_id, g.provider, g.model, g.location, g.simulated, g.prompt_version,
        count(*), count(*) filter (where g.success),
        coalesce(jsonb_object_agg(coalesce(g.error_kind, 'unknown'), g.alike) filter (where not g.success), '{}'),
        sum(g.input_tokens), sum(g.output_tokens), sum(g.cost_usd), count(g.ttft), coalesce(sum(g.ttft), 0),
        percentile_cont(0.5) within group (order by g.ttft), percentile_cont(0.95) within group (order by g.ttft),
        count(g.rate), coalesce(sum(g.rate), 0),
        percentile_cont(0.5) within group (order by g.rate), percentile_cont(0.95) within group (order by g.rate),
        count(g.latency), coalesce(sum(g.latency), 0),
        percentile_cont(0.5) within group (order by g.latency), percentile_cont(0.95) within group (order by g.latency)
      from counted g
      group by g.provider_id, g.model_id, g.provider, g.model, g.location, g.simulated, g.prompt_version
      returning n
    )
    select coalesce(sum(n), 0) into deleted from rolled;
    perform set_config('internal.pruning', '', true);
  end if;
  if deleted = 0 then
    update public.benchmark_results set chunk_times_ms = null
    where ctid = any (array(
      select ctid from public.benchmark_results
      where created_at < now() - make_interval(days => chunk_times_days) and chunk_times_ms is not null
      order by created_at limit step));
    get diagnostics chunk_times = row_count;
  end if;
  if deleted + chunk_times = 0 then
    update public.benchmark_results set response_text = null
    where ctid = any (array(
      select ctid from public.benchmark_results
      where created_at < now() - make_interval(days => texts_days) and response_text is not null
      order by created_at limit step));
    get diagnostics texts = row_count;
  end if;

  return jsonb_build_object('chunkTimes', chunk_times, 'texts', texts, 'rows', deleted);
end $$;

-- What real requests cost since a time, those whose results are stored nowhere included. of_others: but for what the
-- coordinator's own runs asked, which its ledger counts. Tokens whose price nobody knows are told apart, for the caller to
-- count at the dearest price it knows.
create function public.engine_spent_since(since timestamptz, of_others boolean default false) returns jsonb
language plpgsql stable security invoker set search_path = ''
-- With a plan for any time it reads every result there is: 3.5 s of ten million.
set plan_cache_mode = force_custom_plan as $$
declare
  others constant uuid[] := case when of_others then array(
    select u.id from public.runs u where not u.watched and u.started_at >= since - interval '1 day') end;
begin
  return (
    select jsonb_build_object(
      'usd', coalesce(sum(r.cost_usd) filter (where r.cost_source <> 'unknown'), 0)
        + (select coalesce(sum(n.usd), 0) from public.unsaved_spending n where n.at >= since),
      'unpricedInputTokens', coalesce(sum(r.input_tokens) filter (where r.cost_source = 'unknown'), 0),
      'unpricedOutputTokens', coalesce(sum(r.output_tokens) filter (where r.cost_source = 'unknown'), 0))
    from public.benchmark_results r
    where r.created_at >= since and not r.simulated and (others is null or r.run_id = any (others)));
end $$;

-- Takes what requests cost whose results are stored nowhere: [{id, at, usd}], the newest word of each request.
-- What is older than two days counts into no budget and goes.
create function public.engine_note_spending(entries jsonb) returns void
language sql volatile security invoker set search_path = '' as $$
  delete from public.unsaved_spending n where n.at < now() - interval '2 days';
  insert into public.unsaved_spending (id, at, usd)
  select e.id, e.at, e.usd from jsonb_to_recordset(entries) as e(id uuid, at timestamptz, usd double precision)
  on conflict (id) do update set at = excluded.at, usd = excluded.usd;
$$;
