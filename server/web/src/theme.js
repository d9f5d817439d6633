/** Before the first paint, on pages whose reader chose no theme: follow the machine's own. */

if (matchMedia("(prefers-color-scheme: dark)").matches) document.documentElement.dataset.theme = "dark";
