/** Every name and limit the player shares with the server. */

export const PROTOCOL = 1;
/** What the server calls it when a player speaks another protocol. */
export const OTHER_PROTOCOL = "/problems/protocol";
export const NAMESPACE = "/player";

export const EVENTS = {
  HELLO: "hello",
  BEAT: "beat",
  PROGRAMME_PUBLISHED: "programme_published",
  ALERTS_CHANGED: "alerts_changed",
  ALERT_RECEIVED: "alert_received",
  ALERT_SHOWN: "alert_shown",
  COMMAND: "command",
  COMMAND_DONE: "command_done",
};

export const COMMANDS = ["reload", "identify", "screenshot", "blank", "unblank", "clear_cache"];

export const PATHS = {
  PAIRINGS: "/player/pairings",
  PAIR: "/player/pair",
  PROGRAMME: "/player/programme",
  TIME: "/player/time",
  ALERTS: "/player/alerts",
  PROOFS: "/player/alerts/proofs",
  PLAYS: "/player/plays",
  MEDIA: "/media/",
  FACES: "/screen/faces/",
};

export const SHELL = "/screen";

/** Milliseconds between beats, and how far each strays so that a fleet does not beat at once. */
export const BEAT_MS = 10_000;
export const BEAT_JITTER_MS = 1_000;

/** Between two questions for alerts while no socket stands, and how much longer it may be, in ms. */
export const ALERTS_MS = 2_000;
export const ALERTS_JITTER_MS = 1_000;

/** How long an answer may take before it counts as lost, in ms. */
export const ANSWER_MS = 5_000;

/** Plays sent in one batch, and plays kept at most while the server is away. */
export const PLAYS_BATCH = 200;
export const PLAYS_KEPT = 5_000;
