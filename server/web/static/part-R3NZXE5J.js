function a(n){let t=Math.max(0,Math.floor(n/1e3)),o=Math.floor(t/3600),r=`${String(Math.floor(t%3600/60)).padStart(2,"0")}:${String(t%60).padStart(2,"0")}`;return o?`${o}:${r}`:r}export{a};
