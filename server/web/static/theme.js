matchMedia("(prefers-color-scheme: dark)").matches&&(document.documentElement.dataset.theme="dark");
