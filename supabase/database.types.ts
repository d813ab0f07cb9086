// Generated from supabase/migrations by `npm run supabase:types`. Do not edit.

export type Json =
  | string
  | number
  | boolean
  | null
  | { [key: string]: Json | undefined }
  | Json[]

export type Database = {
  // Allows to automatically instantiate createClient with right options
  // instead of createClient<Database, { PostgrestVersion: 'XX' }>(URL, KEY)
  __InternalSupabase: {
    PostgrestVersion: "12"
  }
  public: {
    Tables: {
      benchmark_results: {
        Row: {
          answer_ok: boolean | null
          answer_ttft_ms: number | null
          cached_input_price_per_m: number | null
          cached_tokens: number | null
          chunk_times_ms: number[] | null
          colo: string | null
          colo_outside_region: boolean
          confirmation: boolean
          cost_known: boolean
          cost_source: string
          cost_usd: number
          created_at: string
          endpoint_host: string | null
          error_kind: string | null
          error_message: string | null
          failure_owner: string | null
          finish_reason: string | null
          gap_p99_ms: number | null
          id: string
          input_price_per_m: number | null
          input_tokens: number
          location: string
          longest_gap_ms: number | null
          model: string | null
          model_id: string | null
          output_price_per_m: number | null
          output_tokens: number
          probe_version: string | null
          prompt_version: string | null
          provider: string | null
          provider_id: string | null
          provider_request_id: string | null
          provider_timing: Json | null
          reasoning_tokens: number | null
          request_params: Json | null
          response_text: string | null
          run_id: string
          series_id: number
          served_model: string | null
          service_tier: string | null
          simulated: boolean
          skipped_events: number
          status_code: number | null
          success: boolean
          system_fingerprint: string | null
          tokens_estimated: boolean
          total_latency_ms: number
          tps: number | null
          truncated: boolean
          ttfb_ms: number | null
          ttft_ms: number | null
          upstream: string | null
          upstream_pinned: boolean
          usage_implausible: boolean
          warmup_ms: number | null
        }
        Insert: {
          answer_ok?: boolean | null
          answer_ttft_ms?: number | null
          cached_input_price_per_m?: number | null
          cached_tokens?: number | null
          chunk_times_ms?: number[] | null
          colo?: string | null
          colo_outside_region?: boolean
          confirmation?: boolean
          cost_known?: never
          cost_source?: string
          cost_usd: number
          created_at?: string
          endpoint_host?: string | null
          error_kind?: string | null
          error_message?: string | null
          failure_owner?: string | null
          finish_reason?: string | null
          gap_p99_ms?: number | null
          id?: string
          input_price_per_m?: number | null
          input_tokens: number
          location?: string
          longest_gap_ms?: number | null
          model?: string | null
          model_id?: string | null
          output_price_per_m?: number | null
          output_tokens: number
          probe_version?: string | null
          prompt_version?: string | null
          provider?: string | null
          provider_id?: string | null
          provider_request_id?: string | null
          provider_timing?: Json | null
          reasoning_tokens?: number | null
          request_params?: Json | null
          response_text?: string | null
          run_id: string
          series_id?: number
          served_model?: string | null
          service_tier?: string | null
          simulated?: boolean
          skipped_events?: number
          status_code?: number | null
          success?: boolean
          system_fingerprint?: string | null
          tokens_estimated?: boolean
          total_latency_ms: number
          tps?: number | null
          truncated?: boolean
          ttfb_ms?: number | null
          ttft_ms?: number | null
          upstream?: string | null
          upstream_pinned?: boolean
          usage_implausible?: boolean
          warmup_ms?: number | null
        }
        Update: {
          answer_ok?: boolean | null
          answer_ttft_ms?: number | null
          cached_input_price_per_m?: number | null
          cached_tokens?: number | null
          chunk_times_ms?: number[] | null
          colo?: string | null
          colo_outside_region?: boolean
          confirmation?: boolean
          cost_known?: never
          cost_source?: string
          cost_usd?: number
          created_at?: string
          endpoint_host?: string | null
          error_kind?: string | null
          error_message?: string | null
          failure_owner?: string | null
          finish_reason?: string | null
          gap_p99_ms?: number | null
          id?: string
          input_price_per_m?: number | null
          input_tokens?: number
          location?: string
          longest_gap_ms?: number | null
          model?: string | null
          model_id?: string | null
          output_price_per_m?: number | null
          output_tokens?: number
          probe_version?: string | null
          prompt_version?: string | null
          provider?: string | null
          provider_id?: string | null
          provider_request_id?: string | null
          provider_timing?: Json | null
          reasoning_tokens?: number | null
          request_params?: Json | null
          response_text?: string | null
          run_id?: string
          series_id?: number
          served_model?: string | null
          service_tier?: string | null
          simulated?: boolean
          skipped_events?: number
          status_code?: number | null
          success?: boolean
          system_fingerprint?: string | null
          tokens_estimated?: boolean
          total_latency_ms?: number
          tps?: number | null
          truncated?: boolean
          ttfb_ms?: number | null
          ttft_ms?: number | null
          upstream?: string | null
          upstream_pinned?: boolean
          usage_implausible?: boolean
          warmup_ms?: number | null
        }
        Relationships: [
          {
            foreignKeyName: "benchmark_results_model_id_fkey"
            columns: ["model_id"]
            referencedRelation: "models"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "benchmark_results_provider_id_fkey"
            columns: ["provider_id"]
            referencedRelation: "providers"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "benchmark_results_run_id_fkey"
            columns: ["run_id"]
            referencedRelation: "runs"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "benchmark_results_series_id_fkey"
            columns: ["series_id"]
            referencedRelation: "series"
            referencedColumns: ["id"]
          },
        ]
      }
      catalog_events: {
        Row: {
          after: Json | null
          at: string
          before: Json | null
          id: string
          kind: string
          model: string
          model_id: string | null
          provider_id: string
        }
        Insert: {
          after?: Json | null
          at?: string
          before?: Json | null
          id?: string
          kind: string
          model: string
          model_id?: string | null
          provider_id: string
        }
        Update: {
          after?: Json | null
          at?: string
          before?: Json | null
          id?: string
          kind?: string
          model?: string
          model_id?: string | null
          provider_id?: string
        }
        Relationships: [
          {
            foreignKeyName: "catalog_events_model_id_fkey"
            columns: ["model_id"]
            referencedRelation: "models"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "catalog_events_provider_id_fkey"
            columns: ["provider_id"]
            referencedRelation: "providers"
            referencedColumns: ["id"]
          },
        ]
      }
      endpoint_state_changes: {
        Row: {
          location: string
          model: string
          provider: string
          reason: string
          simulated: boolean
          since: string
          state: string
        }
        Insert: {
          location: string
          model: string
          provider: string
          reason: string
          simulated: boolean
          since: string
          state: string
        }
        Update: {
          location?: string
          model?: string
          provider?: string
          reason?: string
          simulated?: boolean
          since?: string
          state?: string
        }
        Relationships: []
      }
      endpoint_states: {
        Row: {
          location: string
          measured_at: string
          model: string
          provider: string
          reason: string
          simulated: boolean
          since: string
          state: string
        }
        Insert: {
          location: string
          measured_at: string
          model: string
          provider: string
          reason: string
          simulated: boolean
          since: string
          state: string
        }
        Update: {
          location?: string
          measured_at?: string
          model?: string
          provider?: string
          reason?: string
          simulated?: boolean
          since?: string
          state?: string
        }
        Relationships: []
      }
      hourly_rollups: {
        Row: {
          cost_usd: number
          created_at: string
          failures: NonNullable<Json>
          hour: string
          id: string
          input_tokens: number
          latency_n: number
          latency_p50_ms: number | null
          latency_p95_ms: number | null
          latency_sum_ms: number
          location: string
          model: string | null
          model_id: string | null
          n: number
          output_tokens: number
          prompt_version: string | null
          provider: string | null
          provider_id: string | null
          simulated: boolean
          successes: number
          tps_n: number
          tps_p50: number | null
          tps_p95: number | null
          tps_sum: number
          ttft_n: number
          ttft_p50_ms: number | null
          ttft_p95_ms: number | null
          ttft_sum_ms: number
        }
        Insert: {
          cost_usd: number
          created_at?: string
          failures: NonNullable<Json>
          hour: string
          id?: string
          input_tokens: number
          latency_n: number
          latency_p50_ms?: number | null
          latency_p95_ms?: number | null
          latency_sum_ms: number
          location: string
          model?: string | null
          model_id?: string | null
          n: number
          output_tokens: number
          prompt_version?: string | null
          provider?: string | null
          provider_id?: string | null
          simulated: boolean
          successes: number
          tps_n: number
          tps_p50?: number | null
          tps_p95?: number | null
          tps_sum: number
          ttft_n: number
          ttft_p50_ms?: number | null
          ttft_p95_ms?: number | null
          ttft_sum_ms: number
        }
        Update: {
          cost_usd?: number
          created_at?: string
          failures?: NonNullable<Json>
          hour?: string
          id?: string
          input_tokens?: number
          latency_n?: number
          latency_p50_ms?: number | null
          latency_p95_ms?: number | null
          latency_sum_ms?: number
          location?: string
          model?: string | null
          model_id?: string | null
          n?: number
          output_tokens?: number
          prompt_version?: string | null
          provider?: string | null
          provider_id?: string | null
          simulated?: boolean
          successes?: number
          tps_n?: number
          tps_p50?: number | null
          tps_p95?: number | null
          tps_sum?: number
          ttft_n?: number
          ttft_p50_ms?: number | null
          ttft_p95_ms?: number | null
          ttft_sum_ms?: number
        }
        Relationships: [
          {
            foreignKeyName: "hourly_rollups_model_id_fkey"
            columns: ["model_id"]
            referencedRelation: "models"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "hourly_rollups_provider_id_fkey"
            columns: ["provider_id"]
            referencedRelation: "providers"
            referencedColumns: ["id"]
          },
        ]
      }
      incidents: {
        Row: {
          closed_at: string | null
          endpoints: NonNullable<Json>
          id: string
          kind: string
          location: string
          opened_at: string
          provider: string
          revision: number
          series_id: number | null
          simulated: boolean
        }
        Insert: {
          closed_at?: string | null
          endpoints: NonNullable<Json>
          id: string
          kind: string
          location: string
          opened_at: string
          provider: string
          revision: number
          series_id?: number | null
          simulated: boolean
        }
        Update: {
          closed_at?: string | null
          endpoints?: NonNullable<Json>
          id?: string
          kind?: string
          location?: string
          opened_at?: string
          provider?: string
          revision?: number
          series_id?: number | null
          simulated?: boolean
        }
        Relationships: [
          {
            foreignKeyName: "incidents_series_id_fkey"
            columns: ["series_id"]
            referencedRelation: "series"
            referencedColumns: ["id"]
          },
        ]
      }
      models: {
        Row: {
          active: boolean
          alias_of: string | null
          available: boolean
          context_window: number | null
          created_at: string
          family: string | null
          flag: string | null
          held_price: Json | null
          id: string
          identity: string | null
          identity_by_hand: string | null
          identity_by_rule: string | null
          last_seen_at: string | null
          name: string
          pinned_upstreams: string[]
          provider_id: string
          quantization: string | null
          reasoning: boolean
          reasoning_by_hand: boolean
          reasoning_stated: boolean | null
          retired_at: string | null
          retires_at: string | null
          served_at: string | null
          served_model: string | null
          successor: string | null
        }
        Insert: {
          active?: boolean
          alias_of?: string | null
          available?: boolean
          context_window?: number | null
          created_at?: string
          family?: string | null
          flag?: string | null
          held_price?: Json | null
          id?: string
          identity?: never
          identity_by_hand?: string | null
          identity_by_rule?: string | null
          last_seen_at?: string | null
          name: string
          pinned_upstreams?: string[]
          provider_id: string
          quantization?: string | null
          reasoning?: boolean
          reasoning_by_hand?: boolean
          reasoning_stated?: boolean | null
          retired_at?: string | null
          retires_at?: string | null
          served_at?: string | null
          served_model?: string | null
          successor?: string | null
        }
        Update: {
          active?: boolean
          alias_of?: string | null
          available?: boolean
          context_window?: number | null
          created_at?: string
          family?: string | null
          flag?: string | null
          held_price?: Json | null
          id?: string
          identity?: never
          identity_by_hand?: string | null
          identity_by_rule?: string | null
          last_seen_at?: string | null
          name?: string
          pinned_upstreams?: string[]
          provider_id?: string
          quantization?: string | null
          reasoning?: boolean
          reasoning_by_hand?: boolean
          reasoning_stated?: boolean | null
          retired_at?: string | null
          retires_at?: string | null
          served_at?: string | null
          served_model?: string | null
          successor?: string | null
        }
        Relationships: [
          {
            foreignKeyName: "models_provider_id_fkey"
            columns: ["provider_id"]
            referencedRelation: "providers"
            referencedColumns: ["id"]
          },
        ]
      }
      prices: {
        Row: {
          cached_input_price_per_m: number | null
          hours: Json | null
          id: string
          input_price_per_m: number
          model_id: string
          output_price_per_m: number
          provider_id: string
          source: string
          timestamp: string
        }
        Insert: {
          cached_input_price_per_m?: number | null
          hours?: Json | null
          id?: string
          input_price_per_m: number
          model_id: string
          output_price_per_m: number
          provider_id: string
          source?: string
          timestamp?: string
        }
        Update: {
          cached_input_price_per_m?: number | null
          hours?: Json | null
          id?: string
          input_price_per_m?: number
          model_id?: string
          output_price_per_m?: number
          provider_id?: string
          source?: string
          timestamp?: string
        }
        Relationships: [
          {
            foreignKeyName: "prices_model_id_fkey"
            columns: ["model_id"]
            referencedRelation: "models"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "prices_provider_id_fkey"
            columns: ["provider_id"]
            referencedRelation: "providers"
            referencedColumns: ["id"]
          },
        ]
      }
      provider_windows: {
        Row: {
          attempts: number
          id: string
          latency_n: number
          latency_stddev: number | null
          location: string
          provider: string
          provider_failures: number
          simulated: boolean
          successes: number
          time_window: string
          tps_p50: number | null
          ttft_mean: number | null
          ttft_n: number
          value_cost: number | null
          value_n: number
          value_tokens: number | null
        }
        Insert: {
          attempts: number
          id?: string
          latency_n: number
          latency_stddev?: number | null
          location: string
          provider: string
          provider_failures: number
          simulated: boolean
          successes: number
          time_window: string
          tps_p50?: number | null
          ttft_mean?: number | null
          ttft_n: number
          value_cost?: number | null
          value_n: number
          value_tokens?: number | null
        }
        Update: {
          attempts?: number
          id?: string
          latency_n?: number
          latency_stddev?: number | null
          location?: string
          provider?: string
          provider_failures?: number
          simulated?: boolean
          successes?: number
          time_window?: string
          tps_p50?: number | null
          ttft_mean?: number | null
          ttft_n?: number
          value_cost?: number | null
          value_n?: number
          value_tokens?: number | null
        }
        Relationships: []
      }
      providers: {
        Row: {
          base_url: string | null
          created_at: string
          dialect: Json | null
          held_list: Json | null
          id: string
          key_variable: string | null
          kind: string
          logo_url: string | null
          name: string
          slug: string
          status_url: string | null
        }
        Insert: {
          base_url?: string | null
          created_at?: string
          dialect?: Json | null
          held_list?: Json | null
          id?: string
          key_variable?: string | null
          kind?: string
          logo_url?: string | null
          name: string
          slug: string
          status_url?: string | null
        }
        Update: {
          base_url?: string | null
          created_at?: string
          dialect?: Json | null
          held_list?: Json | null
          id?: string
          key_variable?: string | null
          kind?: string
          logo_url?: string | null
          name?: string
          slug?: string
          status_url?: string | null
        }
        Relationships: []
      }
      runs: {
        Row: {
          finished_at: string | null
          id: string
          location: string | null
          note: string | null
          offline: boolean
          run_name: string
          scheduled_for: string | null
          skipped: NonNullable<Json>
          started_at: string
          targets: number | null
          triggered_by: string
          watched: boolean
        }
        Insert: {
          finished_at?: string | null
          id?: string
          location?: string | null
          note?: string | null
          offline?: boolean
          run_name: string
          scheduled_for?: string | null
          skipped?: NonNullable<Json>
          started_at?: string
          targets?: number | null
          triggered_by: string
          watched?: boolean
        }
        Update: {
          finished_at?: string | null
          id?: string
          location?: string | null
          note?: string | null
          offline?: boolean
          run_name?: string
          scheduled_for?: string | null
          skipped?: NonNullable<Json>
          started_at?: string
          targets?: number | null
          triggered_by?: string
          watched?: boolean
        }
        Relationships: []
      }
      series: {
        Row: {
          created_at: string
          id: number
          key: string
          location: string
          model: string
          newest_at: string | null
          prompt_version: string
          provider: string
          shown: boolean
          simulated: boolean
          upstream: string | null
          workload: string
        }
        Insert: {
          created_at?: string
          id?: number
          key: string
          location: string
          model: string
          newest_at?: string | null
          prompt_version: string
          provider: string
          shown: boolean
          simulated: boolean
          upstream?: string | null
          workload: string
        }
        Update: {
          created_at?: string
          id?: number
          key?: string
          location?: string
          model?: string
          newest_at?: string | null
          prompt_version?: string
          provider?: string
          shown?: boolean
          simulated?: boolean
          upstream?: string | null
          workload?: string
        }
        Relationships: []
      }
      series_days: {
        Row: {
          attempts: number
          day: string
          newest_at: string
          provider_failures: number
          results: number
          series_id: number
          successes: number
        }
        Insert: {
          attempts: number
          day: string
          newest_at: string
          provider_failures: number
          results: number
          series_id: number
          successes: number
        }
        Update: {
          attempts?: number
          day?: string
          newest_at?: string
          provider_failures?: number
          results?: number
          series_id?: number
          successes?: number
        }
        Relationships: [
          {
            foreignKeyName: "series_days_series_id_fkey"
            columns: ["series_id"]
            referencedRelation: "series"
            referencedColumns: ["id"]
          },
        ]
      }
      series_totals: {
        Row: {
          cost_usd: number
          failure_owner: string
          input_tokens: number
          outcome: string
          output_tokens: number
          requests: number
          series_id: number
        }
        Insert: {
          cost_usd: number
          failure_owner: string
          input_tokens: number
          outcome: string
          output_tokens: number
          requests: number
          series_id: number
        }
        Update: {
          cost_usd?: number
          failure_owner?: string
          input_tokens?: number
          outcome?: string
          output_tokens?: number
          requests?: number
          series_id?: number
        }
        Relationships: [
          {
            foreignKeyName: "series_totals_series_id_fkey"
            columns: ["series_id"]
            referencedRelation: "series"
            referencedColumns: ["id"]
          },
        ]
      }
      series_windows: {
        Row: {
          answer_n: number
          answer_p50: number | null
          answer_p95: number | null
          attempts: number
          cost_n: number
          cost_per_request: number | null
          cost_tokens: number | null
          cost_total: number | null
          figures: Json | null
          latency_p50: number | null
          latency_p95: number | null
          latency_p99: number | null
          latency_stddev: number | null
          newest_at: string | null
          part: string
          probe_failures: number
          provider_failures: number
          series_id: number
          successes: number
          thinks_aloud: boolean | null
          time_window: string
          tps_n: number
          tps_p05: number | null
          tps_p50: number | null
          tps_p95: number | null
          trend: Json | null
          ttft_mean: number | null
          ttft_n: number
          ttft_p50: number | null
          ttft_p95: number | null
          ttft_stddev: number | null
          value_cost: number | null
          value_n: number
          value_tokens: number | null
          within_2s: number
        }
        Insert: {
          answer_n: number
          answer_p50?: number | null
          answer_p95?: number | null
          attempts: number
          cost_n: number
          cost_per_request?: number | null
          cost_tokens?: number | null
          cost_total?: number | null
          figures?: Json | null
          latency_p50?: number | null
          latency_p95?: number | null
          latency_p99?: number | null
          latency_stddev?: number | null
          newest_at?: string | null
          part: string
          probe_failures: number
          provider_failures: number
          series_id: number
          successes: number
          thinks_aloud?: boolean | null
          time_window: string
          tps_n: number
          tps_p05?: number | null
          tps_p50?: number | null
          tps_p95?: number | null
          trend?: Json | null
          ttft_mean?: number | null
          ttft_n: number
          ttft_p50?: number | null
          ttft_p95?: number | null
          ttft_stddev?: number | null
          value_cost?: number | null
          value_n: number
          value_tokens?: number | null
          within_2s: number
        }
        Update: {
          answer_n?: number
          answer_p50?: number | null
          answer_p95?: number | null
          attempts?: number
          cost_n?: number
          cost_per_request?: number | null
          cost_tokens?: number | null
          cost_total?: number | null
          figures?: Json | null
          latency_p50?: number | null
          latency_p95?: number | null
          latency_p99?: number | null
          latency_stddev?: number | null
          newest_at?: string | null
          part?: string
          probe_failures?: number
          provider_failures?: number
          series_id?: number
          successes?: number
          thinks_aloud?: boolean | null
          time_window?: string
          tps_n?: number
          tps_p05?: number | null
          tps_p50?: number | null
          tps_p95?: number | null
          trend?: Json | null
          ttft_mean?: number | null
          ttft_n?: number
          ttft_p50?: number | null
          ttft_p95?: number | null
          ttft_stddev?: number | null
          value_cost?: number | null
          value_n?: number
          value_tokens?: number | null
          within_2s?: number
        }
        Relationships: [
          {
            foreignKeyName: "series_windows_series_id_fkey"
            columns: ["series_id"]
            referencedRelation: "series"
            referencedColumns: ["id"]
          },
        ]
      }
      unsaved_spending: {
        Row: {
          at: string
          id: string
          usd: number
        }
        Insert: {
          at: string
          id: string
          usd: number
        }
        Update: {
          at?: string
          id?: string
          usd?: number
        }
        Relationships: []
      }
      window_refreshes: {
        Row: {
          as_of: string
          location: string
          part: string
          prompt_version: string
          results: number
          time_window: string
          took_ms: number
        }
        Insert: {
          as_of: string
          location: string
          part: string
          prompt_version: string
          results: number
          time_window: string
          took_ms: number
        }
        Update: {
          as_of?: string
          location?: string
          part?: string
          prompt_version?: string
          results?: number
          time_window?: string
          took_ms?: number
        }
        Relationships: []
      }
    }
    Views: {
      counted_results: {
        Row: {
          answer_ttft_ms: number | null
          cost_known: boolean | null
          cost_usd: number | null
          created_at: string | null
          error_kind: string | null
          failure_owner: string | null
          id: string | null
          input_tokens: number | null
          location: string | null
          model: string | null
          output_tokens: number | null
          prompt_version: string | null
          provider: string | null
          run_id: string | null
          series_id: number | null
          shown: boolean | null
          simulated: boolean | null
          status_code: number | null
          success: boolean | null
          total_latency_ms: number | null
          tps: number | null
          ttft_ms: number | null
          upstream: string | null
          workload: string | null
        }
        Relationships: [
          {
            foreignKeyName: "benchmark_results_run_id_fkey"
            columns: ["run_id"]
            referencedRelation: "runs"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "benchmark_results_series_id_fkey"
            columns: ["series_id"]
            referencedRelation: "series"
            referencedColumns: ["id"]
          },
        ]
      }
      latest_prices: {
        Row: {
          active: boolean | null
          cached_input_price_per_m: number | null
          input_price_per_m: number | null
          model: string | null
          model_id: string | null
          output_price_per_m: number | null
          provider: string | null
          provider_id: string | null
          provider_name: string | null
          since: string | null
          source: string | null
        }
        Relationships: [
          {
            foreignKeyName: "prices_model_id_fkey"
            columns: ["model_id"]
            referencedRelation: "models"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "prices_provider_id_fkey"
            columns: ["provider_id"]
            referencedRelation: "providers"
            referencedColumns: ["id"]
          },
        ]
      }
    }
    Functions: {
      api_health: { Args: Record<PropertyKey, never>; Returns: Json }
      api_incidents: {
        Args: {
          as_of?: string
          at_most?: number
          before_at?: string
          before_id?: string
          is_open?: boolean
          of_incident?: string
          of_kind?: string
          of_location?: string
          of_provider?: string
          since?: string
        }
        Returns: Json
      }
      api_metrics: {
        Args: { at_most?: number; of_windows?: string[] }
        Returns: Json
      }
      api_models: {
        Args: {
          after_model?: string
          after_provider?: string
          at_most?: number
          of_family?: string
          of_identity?: string
          of_model?: string
          of_provider?: string
          of_state?: string
        }
        Returns: Json
      }
      api_prices: {
        Args: {
          at_most?: number
          before_at?: string
          before_id?: string
          of_model?: string
          of_provider?: string
          only_current?: boolean
          since?: string
          until?: string
        }
        Returns: Json
      }
      api_results: {
        Args: {
          at_most?: number
          before_at?: string
          before_id?: string
          in_full?: boolean
          of_error_kind?: string
          of_failure_owner?: string
          of_location?: string
          of_model?: string
          of_provider?: string
          of_result?: string
          of_run?: string
          of_simulated?: boolean
          of_success?: boolean
          since?: string
          until?: string
        }
        Returns: Json
      }
      api_runs: {
        Args: {
          at_most?: number
          before_at?: string
          before_id?: string
          of_location?: string
          of_name?: string
          of_run?: string
          of_trigger?: string
          since?: string
          until?: string
        }
        Returns: Json
      }
      catalog_changes: {
        Args: {
          at_most?: number
          kinds?: string[]
          of_provider?: string
          since?: string
        }
        Returns: Json
      }
      compare_choices: { Args: Record<PropertyKey, never>; Returns: Json }
      compare_endpoints: {
        Args: {
          at_location?: string
          endpoints: string
          from_at?: string
          time_window?: string
          to_at?: string
        }
        Returns: Json
      }
      current_states: {
        Args: {
          as_of?: string
          at_location?: string
          of_model?: string
          of_provider?: string
        }
        Returns: Json
      }
      dashboard_endpoints: {
        Args: {
          at_location?: string
          endpoints_only?: boolean
          time_window?: string
        }
        Returns: Json
      }
      dashboard_previous: {
        Args: { at_location?: string; time_window?: string }
        Returns: Json
      }
      dashboard_prices: { Args: { measured_only?: boolean }; Returns: Json }
      dashboard_run: {
        Args: {
          of_result?: string
          of_run: string
          only_failed?: boolean
          page?: number
          page_size?: number
          text_limit?: number
        }
        Returns: Json
      }
      dashboard_runs: {
        Args: {
          after?: string
          before?: string
          from_at?: string
          page_size?: number
          to_at?: string
        }
        Returns: Json
      }
      dashboard_status: {
        Args: { as_of?: string; at_location?: string }
        Returns: Json
      }
      endpoint_evidence: {
        Args: {
          at_location?: string
          began_at: string
          of_model: string
          of_provider: string
        }
        Returns: Json
      }
      endpoint_figures: {
        Args: {
          at_location?: string
          of_model: string
          of_provider: string
          time_window?: string
        }
        Returns: Json
      }
      endpoint_health: {
        Args: {
          as_of?: string
          at_location: string
          of_model?: string
          of_provider?: string
          of_series?: number[]
        }
        Returns: {
          measured_at: string
          model: string
          provider: string
          reason: string
          simulated: boolean
          since: string
          state: string
        }[]
      }
      engine_accept_price: { Args: { of_model: string }; Returns: Json }
      engine_apply_catalog: { Args: { change: Json }; Returns: Json }
      engine_catalog: { Args: { of_provider?: string }; Returns: Json }
      engine_note_spending: { Args: { entries: Json }; Returns: undefined }
      engine_pin_upstream: {
        Args: { at_upstream: string; of_model: string; pinned: boolean }
        Returns: boolean
      }
      engine_prune: {
        Args: {
          chunk_times_days: number
          rows_days: number
          texts_days: number
        }
        Returns: Json
      }
      engine_refresh_windows: {
        Args: {
          as_of?: string
          at_location: string
          part: string
          time_window: string
        }
        Returns: Json
      }
      engine_spent_since: {
        Args: { of_others?: boolean; since: string }
        Returns: Json
      }
      engine_targets: { Args: { also?: string[] }; Returns: Json }
      engine_watch_memory: {
        Args: { at_location: string; since: string }
        Returns: Json
      }
      engine_write_watch: { Args: { change: Json }; Returns: undefined }
      identity_page: {
        Args: {
          at_location?: string
          from_at?: string
          of_identity: string
          time_window?: string
          to_at?: string
        }
        Returns: Json
      }
      known_values: { Args: Record<PropertyKey, never>; Returns: Json }
      model_catalog: {
        Args: {
          of_provider?: string
          page?: number
          per_page?: number
          per_provider?: number
          search?: string
        }
        Returns: Json
      }
      model_page: {
        Args: {
          at_location?: string
          from_at?: string
          of_model: string
          of_provider: string
          requests?: string
          time_window?: string
          to_at?: string
        }
        Returns: Json
      }
      overview_news: {
        Args: {
          at_location?: string
          kinds?: string[]
          most_changes?: number
          most_incidents?: number
          since?: string
        }
        Returns: Json
      }
      provider_page: {
        Args: {
          at_location?: string
          of_provider: string
          time_window?: string
        }
        Returns: Json
      }
      upstream_shares: {
        Args: {
          at_location?: string
          of_model: string
          of_provider: string
          since: string
          until?: string
        }
        Returns: Json
      }
    }
    Enums: {
      [_ in never]: never
    }
    CompositeTypes: {
      [_ in never]: never
    }
  }
}

type DatabaseWithoutInternals = Omit<Database, "__InternalSupabase">

type DefaultSchema = DatabaseWithoutInternals[Extract<keyof Database, "public">]

export type Tables<
  DefaultSchemaTableNameOrOptions extends
    | keyof (DefaultSchema["Tables"] & DefaultSchema["Views"])
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends (DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof (DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"] &
        DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Views"])
    : never) = never,
> = DefaultSchemaTableNameOrOptions extends {
  schema: keyof DatabaseWithoutInternals
}
  ? (DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"] &
      DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Views"])[TableName] extends {
      Row: infer R
    }
    ? R
    : never
  : DefaultSchemaTableNameOrOptions extends keyof (DefaultSchema["Tables"] &
        DefaultSchema["Views"])
    ? (DefaultSchema["Tables"] &
        DefaultSchema["Views"])[DefaultSchemaTableNameOrOptions] extends {
        Row: infer R
      }
      ? R
      : never
    : never

export type TablesInsert<
  DefaultSchemaTableNameOrOptions extends
    | keyof DefaultSchema["Tables"]
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends (DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"]
    : never) = never,
> = DefaultSchemaTableNameOrOptions extends {
  schema: keyof DatabaseWithoutInternals
}
  ? DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"][TableName] extends {
      Insert: infer I
    }
    ? I
    : never
  : DefaultSchemaTableNameOrOptions extends keyof DefaultSchema["Tables"]
    ? DefaultSchema["Tables"][DefaultSchemaTableNameOrOptions] extends {
        Insert: infer I
      }
      ? I
      : never
    : never

export type TablesUpdate<
  DefaultSchemaTableNameOrOptions extends
    | keyof DefaultSchema["Tables"]
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends (DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"]
    : never) = never,
> = DefaultSchemaTableNameOrOptions extends {
  schema: keyof DatabaseWithoutInternals
}
  ? DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"][TableName] extends {
      Update: infer U
    }
    ? U
    : never
  : DefaultSchemaTableNameOrOptions extends keyof DefaultSchema["Tables"]
    ? DefaultSchema["Tables"][DefaultSchemaTableNameOrOptions] extends {
        Update: infer U
      }
      ? U
      : never
    : never

export type Enums<
  DefaultSchemaEnumNameOrOptions extends
    | keyof DefaultSchema["Enums"]
    | { schema: keyof DatabaseWithoutInternals },
  EnumName extends (DefaultSchemaEnumNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[DefaultSchemaEnumNameOrOptions["schema"]]["Enums"]
    : never) = never,
> = DefaultSchemaEnumNameOrOptions extends {
  schema: keyof DatabaseWithoutInternals
}
  ? DatabaseWithoutInternals[DefaultSchemaEnumNameOrOptions["schema"]]["Enums"][EnumName]
  : DefaultSchemaEnumNameOrOptions extends keyof DefaultSchema["Enums"]
    ? DefaultSchema["Enums"][DefaultSchemaEnumNameOrOptions]
    : never

export type CompositeTypes<
  PublicCompositeTypeNameOrOptions extends
    | keyof DefaultSchema["CompositeTypes"]
    | { schema: keyof DatabaseWithoutInternals },
  CompositeTypeName extends (PublicCompositeTypeNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[PublicCompositeTypeNameOrOptions["schema"]]["CompositeTypes"]
    : never) = never,
> = PublicCompositeTypeNameOrOptions extends {
  schema: keyof DatabaseWithoutInternals
}
  ? DatabaseWithoutInternals[PublicCompositeTypeNameOrOptions["schema"]]["CompositeTypes"][CompositeTypeName]
  : PublicCompositeTypeNameOrOptions extends keyof DefaultSchema["CompositeTypes"]
    ? DefaultSchema["CompositeTypes"][PublicCompositeTypeNameOrOptions]
    : never

export const Constants = {
  public: {
    Enums: {},
  },
} as const
