/** Whose player this browser is: a device token and its screen, kept across restarts. */

/** @typedef {import("./pairing.js").Credential} Credential */

/** @param {import("./cache.js").Cache} cache */
export async function loadCredentials(cache) {
  /** @type {Credential | null} */
  let held = (await cache.get("kept", "credential")) || null;

  /** @param {Credential} next */
  function keep(next) {
    held = next;
    cache.put("kept", [["credential", next]]).catch(() => {});
  }

  return {
    keep,
    /** @param {import("./types.js").Screen} screen what the server calls it now */
    rename: (screen) => void (held && keep({ token: held.token, screen })),
    /** The screen is somebody else's now: its programme goes with the token. @returns {Promise<void>} */
    forget: () => {
      held = null;
      return cache.drop("kept", ["credential", "programme"]);
    },
    paired: () => held !== null,
    token: () => (held ? held.token : ""),
    screen: () => (held ? held.screen : { id: "", name: "", width: 192, height: 16, colour: "single" }),
  };
}

/** @typedef {Awaited<ReturnType<typeof loadCredentials>>} Credentials */
