import{a as n}from"./part-VFJJ7ZP2.js";import"./part-AJJ3ULMT.js";var i=n("#print");i.hidden=!1;i.addEventListener("click",()=>window.print());
