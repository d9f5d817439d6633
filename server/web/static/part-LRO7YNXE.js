function n(r,s){let e=!1,t=!1,a=async()=>{if(e){t=!0;return}e=!0,t=!1,setTimeout(()=>{e=!1,t&&a()},r),await s()};return a}export{n as a};
