/** The player's own version, told to the server in every hello. */

export const VERSION = "0.1.0";
