import { DurableObject } from "cloudflare:workers";
import type { ChannelContext, EmailBinding } from "./alerts/channel.ts";
import { testAlert } from "./alerts/messages.ts";
import { type Config, ConfigError, readConfig, type SupabaseSettings } from "./config.ts";
import { AbsentModels } from "./coordinator/absent-models.ts";
import { AlertQueue, SUBREQUESTS_FOR_ALERTS, tellEach } from "./coordinator/alert-queue.ts";
import type {
  CoordinatorStatus,
  JobName,
  MuteAnswer,
  MuteRequest,
  RunAnswer,
  RunRequest,
  TestAnswer,
} from "./coordinator/api.ts";
import { AskAgain, askDue } from "./coordinator/ask-again.ts";
import { askingEnvironment } from "./coordinator/ask-server.ts";
import { beginRun } from "./coordinator/begin-run.ts";
import { tellingStore } from "./coordinator/catalog-alerts.ts";
import { type Context, deliver, journalOf } from "./coordinator/context.ts";
import { continueRun } from "./coordinator/continue-run.ts";
import { doJob } from "./coordinator/do-job.ts";
import { Documents } from "./coordinator/documents.ts";
import { giveUpRun } from "./coordinator/end-run.ts";
import { JobQueue } from "./coordinator/job-queue.ts";
import { Ledger } from "./coordinator/ledger.ts";
import { Outbox } from "./coordinator/outbox.ts";
import { type DashboardBinding, Pages } from "./coordinator/pages.ts";
import { type RunRecord, RunState } from "./coordinator/run-state.ts";
import { migrateStorage } from "./coordinator/schema.ts";
import { StoredProviders } from "./coordinator/stored-providers.ts";
import { Telemetry } from "./coordinator/telemetry.ts";
import { Watch } from "./coordinator/watch.ts";
import { DAY_MS } from "./jobs/budget.ts";
import { locate, readColo } from "./jobs/colo.ts";
import { type ModelsAnswer, type ModelsRequest, manageModels } from "./jobs/manage-models.ts";
import { manageProviders, type ProvidersAnswer, type ProvidersRequest } from "./jobs/manage-providers.ts";
import { consoleWriter, createLog, describeError, type Log } from "./log.ts";
import { logFault, retryAfterLimit } from "./platform-limits.ts";
import { readableLine } from "./probe/redact.ts";
import { createStore } from "./store/index.ts";

const FAULT_PAUSE_MS = 30_000;
/** So long work waits for a server that is being asked, before it looks again. */
const ASKING_PAUSE_MS = 2_000;
/**
 * Alarms come a minute late at most; what is behind by more does not come any more
 * (https://github.com/cloudflare/cloudflare-docs/issues/18324).
 */
const ALARM_LOST_AFTER_MS = 120_000;
/** A run whose work fails this often in a row, by our own fault, is given up. */
const MAX_RUN_FAULTS = 5;

/**
 * One probe: takes runs, asks one target after another, and hands every result to Supabase in order. All
 * work happens in alarms, which Cloudflare fires again after a crash; all state is in its SQLite.
 */
export class Coordinator extends DurableObject<Record<string, unknown>> {
  readonly #documents: Documents;
  readonly #runs: RunState;
  readonly #jobs: JobQueue;
  readonly #ledger: Ledger;
  readonly #absent: AbsentModels;
  readonly #outbox: Outbox;
  readonly #pages: Pages;
  readonly #alerts: AlertQueue;
  readonly #asks: AskAgain;
  readonly #watch: Watch;
  readonly #telemetry: Telemetry;
  readonly #stored: StoredProviders;
  readonly #log: Log;
  /** A server is being asked how it wants to be asked; a restart ends that. */
  #asking = false;
  /** An alarm is at work, which may ask somebody. */
  #working = false;

  constructor(ctx: DurableObjectState, env: Record<string, unknown>) {
    super(ctx, env);
    migrateStorage(ctx.storage);
    const config = configOrNull(env);
    this.#log = createLog(consoleWriter, config?.secrets ?? []);
    this.#documents = new Documents(ctx.storage);
    this.#stored = new StoredProviders(this.#documents, this.#log);
    this.#runs = new RunState(this.#documents);
    this.#jobs = new JobQueue(this.#documents);
    this.#ledger = new Ledger(this.#documents);
    this.#absent = new AbsentModels(this.#documents);
    const backoff = { minMs: config?.run.backoffMinMs ?? 1_000, maxMs: config?.run.backoffMaxMs ?? 300_000 };
    this.#outbox = new Outbox(ctx.storage.sql, this.#documents, backoff, this.#log);
    // wrangler.toml binds it; a Worker that runs by itself has none.
    const dashboard = env.DASHBOARD as DashboardBinding | undefined;
    this.#pages = new Pages(config?.pagesAreKept ? (dashboard ?? null) : null, this.#documents, this.#log);
    this.#alerts = new AlertQueue(this.#documents, this.#log);
    this.#asks = new AskAgain(this.#documents);
    this.#telemetry = new Telemetry(this.#documents, this.#log);
    this.#watch = new Watch({
      documents: this.#documents,
      outbox: this.#outbox,
      alerts: this.#alerts,
      log: this.#log,
    });
  }

  /** Takes a run, unless one is going on or this cron time has had its own. @throws ConfigError */
  async requestRun(request: RunRequest): Promise<RunAnswer> {
    const config = this.#config();
    const jitter = request.scheduledFor === null ? 0 : Math.random() * config.run.startJitterMs;
    const answer = this.#runs.request(request, Date.now() + jitter, crypto.randomUUID());
    if (answer.state !== "accepted") {
      this.#log.info("run_not_started", {
        run_id: answer.runId,
        reason: answer.state,
        triggered_by: request.triggeredBy,
      });
    }
    await this.#armAlarm();
    return answer;
  }

  /** Asks for jobs to be done in alarms; asking twice before one is done is asking once. @throws ConfigError */
  async requestJobs(jobs: readonly JobName[]): Promise<void> {
    this.#config();
    this.#jobs.request(jobs);
    await this.#armAlarm();
  }

  /** Lists models, or changes which are measured. @throws ConfigError or StoreError */
  async models(request: ModelsRequest): Promise<ModelsAnswer> {
    const config = await this.#freshConfig();
    const answer = await manageModels(createStore(config.supabase), request, config);
    if (request.action === "accept-list" && answer.state === "done") {
      await this.requestJobs([`sync-models:${request.provider}`]);
    }
    return answer;
  }

  /**
   * Lists providers, asks a server how it wants to be asked, adds one or takes one out. While it asks no run is worked
   * on, and while a run asks it does not: one request is in flight at a time. @throws ConfigError or StoreError
   */
  async providers(request: ProvidersRequest): Promise<ProvidersAnswer> {
    const asks = request.action === "add" || request.action === "check";
    if (asks && (this.#asking || this.#working || this.#runs.current() !== null)) {
      return {
        state: "refused",
        line: "a run, or another server, is being asked: try again when it is over",
      };
    }
    if (asks) this.#asking = true;
    try {
      const config = await this.#freshConfig();
      const store = createStore(config.supabase);
      const known = this.#runs.recall() ?? [];
      const environment = await askingEnvironment({
        env: this.env,
        config,
        store,
        ledger: this.#ledger,
        known,
      });
      const answer = await manageProviders(request, environment);
      if (answer.state === "stored" || answer.state === "removed") {
        await this.#freshConfig();
        this.#pages.outdated();
        await this.#pages.purge();
        this.#log.info("providers_changed", {
          provider: "provider" in request ? request.provider : null,
          to: answer.state,
        });
      }
      if (answer.state === "stored") this.#jobs.request([`sync-models:${answer.description.slug}`]);
      return answer;
    } finally {
      if (asks) this.#asking = false;
      await this.#armAlarm();
    }
  }

  /** Silences a provider's alerts for so many hours. @throws ConfigError */
  async mute({ provider, hours }: MuteRequest): Promise<MuteAnswer> {
    const known = (await this.#freshConfig()).providers;
    if (!known.has(provider)) return { unknown: provider };
    const now = Date.now();
    const until = now + hours * 3_600_000;
    this.#alerts.mute(provider, until, now);
    this.#log.info("alerts_muted", { provider, until: new Date(until).toISOString() });
    return { provider, until: hours > 0 ? new Date(until).toISOString() : null };
  }

  /** Sends one alert to each channel and says what came back. @throws ConfigError */
  async testAlerts(): Promise<TestAnswer> {
    const { alerts } = this.#config();
    const alert = testAlert(crypto.randomUUID(), Date.now(), alerts.dashboardUrl);
    return { channels: await tellEach(alert, alerts, this.#channelContext(alerts.timeoutMs)) };
  }

  /** @throws ConfigError */
  async status(): Promise<CoordinatorStatus> {
    const config = this.#config();
    await this.#armAlarm();
    const current = this.#runs.current();
    const context = {
      documents: this.#documents,
      outbox: this.#outbox,
      ledger: this.#ledger,
      absent: this.#absent,
      watch: this.#watch,
      telemetry: this.#telemetry,
      asks: this.#asks,
      config,
      log: this.#log,
    };
    const tally = current && journalOf(context, current.id).tally();
    return {
      run: current && {
        id: current.id,
        state: current.state,
        done: tally?.measured ?? 0,
        of: tally?.of ?? 0,
        startedAt: current.startedAt === null ? null : new Date(current.startedAt).toISOString(),
      },
      waitingForDelivery: this.#outbox.size,
      waitingAlerts: this.#alerts.size,
      muted: Object.fromEntries(
        Object.entries(this.#alerts.mutes(Date.now())).map(([slug, until]) => [
          slug,
          new Date(until).toISOString(),
        ]),
      ),
      rejectedByDatabase: this.#outbox.rejected,
      spentLast24hUsd: this.#ledger.spentSince(Date.now() - DAY_MS),
      budgetUsd: config.budgetUsd,
    };
  }

  override async alarm(): Promise<void> {
    try {
      this.#working = true;
      await this.#work();
    } catch (error) {
      // Thrown out of an alarm it would be retried six times and then forgotten; this way it goes on.
      const limit = logFault(this.#log, "coordinator_fault", error);
      const now = Date.now();
      const again = this.ctx.storage.setAlarm(
        limit ? retryAfterLimit(limit, now, FAULT_PAUSE_MS) : now + FAULT_PAUSE_MS,
      );
      // An alarm is a row, which a limit on rows refuses too; then the next cron that is let through sets one.
      await (limit ? again.catch(() => undefined) : again);
    } finally {
      this.#working = false;
    }
  }

  async #work(): Promise<void> {
    if (this.#asking) {
      await this.ctx.storage.setAlarm(Date.now() + ASKING_PAUSE_MS);
      return;
    }
    const run = this.#runs.current();
    const hasTurn = run !== null && run.beginsAt <= Date.now();
    // Where a run is planned, and before a job: what was added is in, what was taken out is out.
    const isPlanned = hasTurn ? run.state === "waiting" : run === null && this.#jobs.due(Date.now()) !== null;
    if (isPlanned) await this.#freshConfig();
    const given = this.#context();
    const context = { ...given, config: await locate(given.config, this.#log, fetch) };
    context.sendAlerts();
    let spent = hasTurn ? await this.#workOn(run, context, isPlanned ? 1 : 0) : await this.#askAgain(context);
    spent += await deliver(
      context,
      context.config.run.sliceSubrequests - spent,
      "records and background calls",
    );
    // A job needs an invocation's subrequests for itself.
    if (this.#runs.current() === null && spent === 0) await this.#oneJob(context);
    context.sendAlerts();
    await context.pages.purge();
    await this.#armAlarm();
  }

  /**
   * This invocation's share of a run. A fault in it stays in it: the run is tried again later, and given up in
   * the end, while results go on to be delivered and later runs can begin.
   *
   * @param before subrequests that this invocation has used already
   * @returns subrequests spent.
   */
  async #workOn(run: RunRecord, context: Context, before: number): Promise<number> {
    const { runs, config } = context;
    try {
      let spent = before + (run.state === "waiting" ? await beginRun(context, run) : 0);
      if (runs.current()?.state === "running") spent = await continueRun(context, run.id, spent);
      runs.succeeded();
      return spent;
    } catch (error) {
      const reason = readableLine(describeError(error), config.secrets);
      const faults = runs.faulted();
      const pause = Math.min(FAULT_PAUSE_MS, config.run.backoffMinMs * 2 ** (faults - 1));
      logFault(this.#log, "run_fault", reason, { run_id: run.id, faults });
      runs.postpone(Date.now() + pause);
      if (faults >= MAX_RUN_FAULTS) {
        giveUpRun(
          context,
          runs.current() ?? run,
          `Given up after ${faults} faults of the engine's own: ${reason}`,
        );
      }
      // How much it spent is not known; what waits for delivery has an alarm of its own.
      return config.run.sliceSubrequests;
    }
  }

  /** Between runs: endpoints that failed and whose turn has come. @returns subrequests spent. */
  async #askAgain(context: Context): Promise<number> {
    const { config } = context;
    const due = this.#asks.nextAt();
    if (due === null || due > Date.now()) return 0;
    const colo = await readColo(config.location, fetch);
    let spent = 1;
    for (;;) {
      const asked = await askDue(context, colo, config.run.sliceSubrequests - spent);
      if (asked === 0) return spent;
      context.sendAlerts();
      spent += asked;
      spent += await deliver(context, config.run.sliceSubrequests - spent, "records");
      // A run that was asked for meanwhile asks this endpoint too.
      const run = this.#runs.current();
      if (run && run.beginsAt <= Date.now()) return spent;
    }
  }

  async #oneJob(context: Context): Promise<void> {
    const job = this.#jobs.due(Date.now());
    if (!job) return;
    try {
      if (await doJob(job, context)) this.#jobs.done(job);
      context.pages.outdated();
    } catch (error) {
      const retryAt = this.#jobs.failed(job, Date.now(), FAULT_PAUSE_MS);
      const retry = retryAt === null ? "at its next cron" : new Date(retryAt).toISOString();
      logFault(this.#log, "job_failed", error, { job, retry });
    }
  }

  /** Whatever asked: work that waits has an alarm. */
  async #armAlarm(): Promise<void> {
    const now = Date.now();
    const run = this.#runs.current();
    const due = [
      run ? run.beginsAt : null,
      this.#outbox.nextAttempt(now),
      this.#jobs.nextAttempt(),
      this.#asks.nextAt(),
      this.#alerts.nextAttempt(now),
      this.#pages.nextPurge(),
    ].filter((time): time is number => time !== null);
    if (due.length === 0) return;
    // While an alarm runs, one that is set for its own millisecond, or an earlier one, is lost
    // (https://github.com/cloudflare/workerd/issues/6866).
    const next = Math.max(now + 1, Math.min(...due));
    const armed = await this.ctx.storage.getAlarm();
    if (armed === null || armed > next || armed < now - ALARM_LOST_AFTER_MS)
      await this.ctx.storage.setAlarm(next);
  }

  #context(): Context {
    const config = this.#config();
    const { alerts } = config;
    const tell = (alert: Parameters<AlertQueue["tell"]>[0]) => this.#alerts.tell(alert, alerts, Date.now());
    return {
      documents: this.#documents,
      config,
      store: tellingStore(createStore(config.supabase), tell, alerts.dashboardUrl),
      log: this.#log,
      runs: this.#runs,
      jobs: this.#jobs,
      ledger: this.#ledger,
      absent: this.#absent,
      outbox: this.#outbox,
      pages: this.#pages,
      watch: this.#watch,
      telemetry: this.#telemetry,
      asks: this.#asks,
      alerts: this.#alerts,
      sendAlerts: this.#alertSender(config),
    };
  }

  /**
   * Sends what is due within one invocation's share of subrequests. Nothing waits for it: a receiver that hangs holds up
   * no measurement. What is left when it ends has an alarm.
   */
  #alertSender({ alerts, telemetry }: Config): () => void {
    let left = SUBREQUESTS_FOR_ALERTS;
    const context = this.#channelContext(alerts.timeoutMs);
    const push = telemetry && (() => this.#telemetry.push(telemetry, context));
    return () => {
      const sending = this.#alerts.send(alerts, context, left, push);
      if (sending === null) return;
      left -= sending.count;
      void sending.done
        .then(() => this.#armAlarm())
        .catch((error: unknown) => {
          this.#log.error("alerts_fault", { reason: describeError(error) });
        });
    };
  }

  #channelContext(timeoutMs: number): ChannelContext {
    const email = this.env.ALERT_EMAIL;
    return {
      // Wrapped, because a bare `fetch` loses its `this` in Workers ("Illegal invocation").
      fetch: (url, init) => fetch(url, init),
      now: Date.now,
      timeoutMs,
      email: isEmailBinding(email) ? email : null,
      print: ({ id, kind, title, lines, link, simulated }) =>
        this.#log.warn("alert", { alert: id, kind, title, details: lines.join(" "), link, simulated }),
    };
  }

  /** With the providers that stand in the database now; where it is away, with those that are known. @throws ConfigError */
  async #freshConfig(): Promise<Config & { readonly supabase: SupabaseSettings }> {
    const store = createStore(this.#config().supabase);
    await this.#stored.refresh(() => store.storedProviders());
    return this.#config();
  }

  #config(): Config & { readonly supabase: SupabaseSettings } {
    const config = readConfig(this.env, this.#stored.recall());
    if (!config.supabase) {
      throw new ConfigError(
        "SUPABASE_URL is missing: set it, and SUPABASE_SERVICE_ROLE, to your Supabase project's.",
      );
    }
    return { ...config, supabase: config.supabase };
  }
}

function isEmailBinding(value: unknown): value is EmailBinding {
  return typeof value === "object" && value !== null && "send" in value;
}

/** A constructor must not fail; a malformed setting is reported by the first call that needs it. */
function configOrNull(env: Record<string, unknown>): Config | null {
  try {
    return readConfig(env);
  } catch {
    return null;
  }
}
