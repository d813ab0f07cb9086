/** A reader in a Node process of its own: a task in, a reading out. `node child.ts floor|probe|sdk` */
import { loadPeer } from "../peers.ts";
import type { Reader, Task } from "./types.ts";

const makers = {
  floor: async () => (await import("./floor.ts")).floorReader,
  probe: async () => {
    // A terminal run begins so too; in workerd there is nothing to rehearse.
    await (await import("../../../local/cli/rehearse.ts")).rehearse();
    return (await import("./probe.ts")).probeReader;
  },
  sdk: async () => (await loadPeer("openai")).sdkReader,
};
const name = process.argv[2] as keyof typeof makers;
const read: Reader = (await makers[name]())(() => performance.now());

process.on("message", (task: Task) => {
  read(task).then(
    (reading) => process.send?.({ id: task.id, reading }),
    (error: unknown) => process.send?.({ id: task.id, error: String(error) }),
  );
});
process.on("disconnect", () => process.exit(0));
process.send?.({ ready: true });
