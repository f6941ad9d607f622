import assert from "node:assert/strict";
import { HandDriven, inSlot, type Plan, settle } from "./hand-driven.ts";

const served = (epoch: number, battery: number) => ({ held: true, value: { epoch, battery } });
const moved = (region: string) => ({ held: false, moved: region });

Deno.test("hold() asks the register once in a tenure, and wakes at its end", async () => {
  const mesh = new HandDriven();
  const wnam = mesh.at("wnam");
  assert.deepEqual(await wnam.spend(100), served(100, 999));
  assert.deepEqual(await wnam.spend(105), served(100, 998));
  assert.deepEqual(mesh.sent, ["wnam claim"]);
  assert.deepEqual(wnam.custody.nextAlarm(inSlot(105)), { at: 1_100_000 });
});

Deno.test("hold() shares one claim among all who wait for it", async () => {
  const mesh = new HandDriven();
  const go = mesh.stall("wnam claim");
  const asks = [100, 100, 101].map((slot) => mesh.at("wnam").spend(slot));
  await go();
  assert.deepEqual(await Promise.all(asks), [served(100, 999), served(100, 998), served(100, 997)]);
  assert.deepEqual(mesh.sent, ["wnam claim"]);
});

Deno.test("hold() names the next owner once its tenure is over", async () => {
  const mesh = new HandDriven();
  await mesh.at("wnam").spend(100);
  assert.deepEqual(await mesh.at("wnam").spend(110), moved("enam"));
  assert.deepEqual(mesh.at("wnam").custody.nextAlarm(inSlot(110)), { after_ms: 0 });
  assert.deepEqual(await mesh.at("enam").spend(105), moved("wnam"), "an early asker");
});

Deno.test("hold() pulls the state that was not pushed, and what memory held of it", async () => {
  const mesh = new HandDriven();
  await mesh.at("wnam").spend(100);
  // An ask that still runs: booked, not kept.
  mesh.at("wnam").memory = { epoch: 100, state: { battery: 900 } };
  assert.deepEqual(await mesh.at("enam").spend(110), served(110, 899));
  assert.equal(mesh.at("wnam").custody.keep(100, { battery: 900 }), false, "kept after the seal");
  await mesh.at("enam").alarm(111);
  assert.deepEqual(mesh.rows.get("N")!.sources, [{ epoch: 110, region: "enam" }]);
});

Deno.test("hold() needs no claim for a later tenure if nobody had one in between", async () => {
  const mesh = new HandDriven();
  await mesh.at("wnam").spend(100);
  assert.deepEqual(await mesh.at("wnam").spend(130), served(100, 998));
  assert.deepEqual(mesh.sent, ["wnam claim"]);
});

Deno.test("hold() serves the newest claim when the clock has gone back", async () => {
  const mesh = new HandDriven();
  await mesh.at("wnam").spend(100);
  await mesh.at("enam").spend(110);
  assert.deepEqual(await mesh.at("wnam").spend(105), moved("enam"));
  assert.deepEqual(await mesh.at("enam").spend(105), served(110, 997));
});

Deno.test("hold() goes on with its own claim after a crash and a clock that went back", async () => {
  const mesh = new HandDriven();
  await mesh.at("wnam").spend(100);
  const go = mesh.stall("enam handOver");
  void mesh.at("enam").spend(110);
  await settle();
  assert.deepEqual(await mesh.at("wnam").spend(105), moved("enam"), "it has sealed");
  const enam = mesh.restart("enam");
  void go();
  assert.deepEqual(await enam.spend(105), served(110, 998));
});

Deno.test("hold() serves nothing while a source or the register is silent", async () => {
  const mesh = new HandDriven();
  await mesh.at("wnam").spend(100);
  mesh.lost.add("enam claim");
  const silent = await mesh.at("enam").spend(110);
  assert.match("unavailable" in silent ? silent.unavailable : "", /register does not answer/);
  mesh.lost.delete("enam claim");
  mesh.lost.add("enam handOver");
  const lone = await mesh.at("enam").spend(110);
  assert.match("unavailable" in lone ? lone.unavailable : "", /wnam does not hand over/);
  // Now enam is a newer source that may have it: weur must not be content with what wnam has.
  mesh.lost.clear();
  mesh.lost.add("weur handOver");
  assert.ok("unavailable" in await mesh.at("weur").spend(120));
  assert.equal(mesh.sent.filter((sent) => sent === "weur handOver").length, 1);
  mesh.lost.clear();
  assert.deepEqual(await mesh.at("weur").spend(120), served(120, 998));
});

Deno.test("handOver() fences a claim in flight: what it pulled before is dropped", async () => {
  const mesh = new HandDriven();
  await mesh.at("wnam").spend(100);
  const go = mesh.stall("enam handOver");
  const late = mesh.at("enam").spend(110);
  await settle();
  assert.deepEqual(await mesh.at("weur").spend(120), served(120, 998));
  await go();
  assert.deepEqual(await late, moved("weur"));
  const again = mesh.at("enam").custody.handOver({ epoch: 120, to: "weur", of: 110 });
  assert.deepEqual(again, { kind: "nothing" }, "it had said so, and older sources were trusted");
  assert.deepEqual(await mesh.at("weur").spend(121), served(120, 997));
});

Deno.test("handOver() fences a claim whose register is slow to answer", async () => {
  const mesh = new HandDriven();
  await mesh.at("wnam").spend(100);
  const go = mesh.stall("enam claim");
  const late = mesh.at("enam").spend(110);
  await settle();
  assert.deepEqual(await mesh.at("weur").spend(120), served(120, 998));
  await go();
  assert.deepEqual(await late, moved("weur"));
  assert.ok(!mesh.sent.includes("enam handOver"), "it must not ask for what is not its own");
});

Deno.test("handOver() gives the same sealed state again, to a later claim too", async () => {
  const mesh = new HandDriven();
  await mesh.at("wnam").spend(100);
  const { custody } = mesh.at("wnam");
  const sealed = { kind: "sealed", state: { battery: 999 } };
  const last = { epoch: 120, to: "weur", of: 100 } as const;
  assert.deepEqual(custody.handOver({ epoch: 110, to: "enam", of: 100 }), sealed);
  assert.deepEqual(custody.handOver({ epoch: 110, to: "enam", of: 100 }), sealed);
  assert.deepEqual(custody.handOver(last), sealed);
  assert.deepEqual(custody.handOver({ epoch: 110, to: "enam", of: 100 }), {
    kind: "newer",
    known: { epoch: 120, region: "weur" },
  });
  assert.deepEqual(mesh.restart("wnam").custody.handOver(last), sealed);
});

Deno.test("handOver() answers for the claim it is asked of, not for an older one", async () => {
  const mesh = new HandDriven();
  await mesh.at("wnam").spend(100);
  await mesh.at("enam").spend(110);
  mesh.lost.add("wnam handOver");
  await mesh.at("wnam").spend(130);
  const { custody } = mesh.at("wnam");
  assert.deepEqual(custody.handOver({ epoch: 140, to: "weur", of: 130 }), { kind: "nothing" });
});

Deno.test("handOver() obeys the claim that the register took, whoever it had sealed for", async () => {
  // By its own elements wnam seals for enam; by newer ones the same epoch is weur's.
  const mesh = new HandDriven();
  const other: Plan = [[100, "wnam"], [110, "weur"]];
  await mesh.at("wnam").spend(100);
  mesh.lost.add("wnam receive");
  assert.match(await mesh.at("wnam").alarm(110) ?? "", /push did not get through/);
  assert.deepEqual(await mesh.restart("weur", other).spend(110), served(110, 998));
  assert.deepEqual(await mesh.at("enam").spend(110), moved("weur"));
  assert.deepEqual(await mesh.at("wnam").spend(105), moved("weur"));
});

Deno.test("alarm() pushes at the crossing, and the new owner serves without asking for it", async () => {
  const mesh = new HandDriven();
  await mesh.at("wnam").spend(100);
  assert.equal(await mesh.at("wnam").alarm(110), null);
  assert.equal(mesh.at("wnam").custody.nextAlarm(inSlot(110)), null);
  assert.deepEqual(await mesh.at("enam").spend(110), served(110, 998));
  assert.deepEqual(mesh.sent, ["wnam claim", "wnam receive", "enam claim"]);
});

Deno.test("alarm() repeats a push until it is heard, after a crash too, to the owner of then", async () => {
  const mesh = new HandDriven();
  await mesh.at("wnam").spend(100);
  mesh.lost.add("wnam receive");
  assert.match(await mesh.at("wnam").alarm(110) ?? "", /push did not get through/);
  assert.deepEqual(mesh.at("wnam").custody.nextAlarm(inSlot(110)), { after_ms: 2_000 });
  assert.deepEqual(mesh.restart("wnam").custody.nextAlarm(inSlot(110)), { after_ms: 1_000 });
  mesh.lost.clear();
  assert.equal(await mesh.at("wnam").alarm(120), null);
  assert.equal(mesh.at("wnam").custody.nextAlarm(inSlot(120)), null);
  mesh.lost.add("weur claim").add("weur handOver");
  assert.deepEqual(await mesh.at("weur").spend(120), served(120, 998), "it is there already");
});

Deno.test("alarm() takes back a state that nobody heard of when its own turn has come again", async () => {
  const mesh = new HandDriven();
  await mesh.at("wnam").spend(100);
  mesh.lost.add("wnam receive");
  await mesh.at("wnam").alarm(110);
  assert.equal(await mesh.at("wnam").alarm(130), null);
  assert.deepEqual(await mesh.at("wnam").spend(131), served(130, 998));
});

Deno.test("receive() ignores what is out of date, and says that it need not come again", async () => {
  const mesh = new HandDriven();
  await mesh.at("wnam").spend(100);
  await mesh.at("enam").spend(110);
  await mesh.at("weur").spend(120);
  const stale = { epoch: 110, of: 100, from: "wnam", state: { battery: 999 } } as const;
  assert.equal(await mesh.at("enam").custody.receive(stale), true);
  assert.equal(await mesh.at("oc").custody.receive(stale), true, "the register knows better");
  assert.deepEqual(await mesh.at("oc").spend(121), moved("weur"));
  assert.deepEqual(await mesh.at("weur").spend(121), served(120, 996));
});

Deno.test("receive() takes no push where a newer source is listed", async () => {
  const mesh = new HandDriven();
  await mesh.at("wnam").spend(100);
  await mesh.at("enam").spend(110);
  const push = { epoch: 120, of: 100, from: "wnam", state: { battery: 999 } } as const;
  assert.equal(await mesh.at("weur").custody.receive(push), true);
  assert.deepEqual(await mesh.at("weur").spend(120), served(120, 997));
});

Deno.test("a state at rest does not travel: it is forgotten, and the next owner starts anew", async () => {
  const mesh = new HandDriven();
  await mesh.at("wnam").spend(100);
  mesh.at("wnam").isAtRest = true;
  assert.equal(await mesh.at("wnam").alarm(110), null);
  assert.deepEqual(mesh.rows.get("N")!.sources, []);
  assert.deepEqual(await mesh.at("enam").spend(110), served(110, 999));
  assert.ok(!mesh.sent.includes("wnam receive") && !mesh.sent.includes("enam handOver"));
});

Deno.test("a state at rest is not undone by an older source while its release is lost", async () => {
  const mesh = new HandDriven();
  await mesh.at("wnam").spend(100);
  await mesh.at("enam").spend(110);
  // The register still lists both; enam has let go of a full battery, wnam has a drained one.
  mesh.lost.add("enam release").add("enam confirm");
  mesh.at("enam").isAtRest = true;
  assert.match(await mesh.at("enam").alarm(120) ?? "", /release did not get through/);
  assert.equal(mesh.rows.get("N")!.sources.length, 2);
  assert.deepEqual(await mesh.at("weur").spend(120), served(120, 999));
});

Deno.test("a released node is claimed anew after a clock went back; a late release leaves it be", async () => {
  const mesh = new HandDriven();
  await mesh.at("wnam").spend(100);
  mesh.at("wnam").isAtRest = true;
  const go = mesh.stall("wnam release");
  const alarm = mesh.at("wnam").alarm(110);
  await settle();
  assert.deepEqual(await mesh.at("wnam").spend(105), served(101, 999));
  mesh.register.release("N", { epoch: 100, region: "wnam" });
  await go();
  await alarm;
  assert.deepEqual(await mesh.at("enam").spend(110), served(110, 998));
});

Deno.test("noteService() holds for the holder, across crashes, and against an older word", async () => {
  const mesh = new HandDriven();
  await mesh.at("wnam").spend(100);
  const { service, holder } = mesh.register.setService("N", "drained");
  assert.deepEqual(holder, { epoch: 100, region: "wnam" });
  mesh.at("wnam").custody.noteService(service);
  mesh.at("wnam").custody.noteService({ state: "failed", version: 0 });
  const serviceAt = (slot: number, region: "wnam" | "enam") =>
    mesh.restart(region).custody.hold(inSlot(slot), (held) => held.service);
  assert.deepEqual(await serviceAt(100, "wnam"), { held: true, value: "drained" });
  assert.deepEqual(await serviceAt(110, "enam"), { held: true, value: "drained" });
});
