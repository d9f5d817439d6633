/** Addresses taken apart by the browser, in place of the socket library's own long way. */

/** @param {string} text an absolute address */
export function parse(text) {
  const { protocol, hostname, port, pathname, search } = new URL(text);
  return {
    protocol: protocol.slice(0, -1),
    host: hostname.replace(/[[\]]/g, ""),
    port,
    path: pathname,
    query: search.slice(1),
  };
}
