import{a as g,b as C,d as W,e as x,f as y,g as k,h as _,i as I,m as H}from"./part-YHJZLFMK.js";import{a as r,b as G}from"./part-RJ6VUELT.js";import{d as M,e as D,f as Y,l as j,n as d,p as v,q as $,s as f,t as h}from"./part-SM67JWEX.js";import{e as b}from"./part-7FCJDTFX.js";import{a as T}from"./part-RFRFULT4.js";import{j as L}from"./part-HZ6Y232B.js";import"./part-AZYBFDFY.js";import"./part-S5YMH5BK.js";import{a as w}from"./part-SEBDT4M5.js";import{c as n}from"./part-NOMXXPQT.js";import"./part-VFJJ7ZP2.js";import"./part-AJJ3ULMT.js";var Z=200,ee=480;function J(e,t,s){let a=T(e,t,{most:4,tall:232,room:()=>e.clientWidth-(e.clientWidth<ee?4:24)}),l=0,i=0,N=!1,E=!0,F=0,R=0,O=0,S=0,q=new IntersectionObserver(([o])=>{E=o.isIntersecting});q.observe(e);function P(){a.paint(l);let o=a.programme&&L(a.programme,l);a.tell(o?.showing.text||"")}function z(){S=requestAnimationFrame(z);let o=w();N&&i&&(l=(l+o-F)%i),F=o,E&&(P(),o-R>Z&&A(o))}function A(o){R=o,s(l,i)}async function U(o){let V=++O,B=o.loops[0].showings.flatMap(m=>m.pages);await Promise.race([Promise.all(B.slice(0,12).map(te)),new Promise(m=>setTimeout(m,1500))]),V===O&&(i=B.reduce((m,X)=>m+X.duration_ms,0),i&&(l%=i),a.show(o),P(),A(w()))}return S=requestAnimationFrame(z),{show:U,refit:a.refit,play(o){N=o},jump(o){l=Math.max(0,i?Math.min(o,i-1):o),P(),A(w())},leave(){O++,cancelAnimationFrame(S),q.disconnect(),a.frame.remove()}}}function te({media:e}){let t=new Image;return t.src=`/media/${e}`,t.decode().catch(()=>{})}var ae=matchMedia("(prefers-reduced-motion: reduce)").matches,p=Y(!ae),K=3,[se,le]=[256,112],Q=e=>`${Math.floor(e/6e4)}:${String(Math.floor(e/1e3)%60).padStart(2,"0")}`,u=null;function ne(){let e=_.value.loops[0].showings[0];return $.value||e?.effect!=="scroll"?0:Math.min(k(e)/2,f.value.width*900/e.speed)}function Se(){return r`<aside class="preview" aria-label=${n("playlists_page.on_screen")}>
    <div class="row between pvh wrap"><h2>${n("playlists_page.on_screen")}</h2><${re} /></div>
    <div class="card">
      <${oe} />
      <${ue} />
      <${ce} />
    </div>
    <${pe} />
  </aside>`}function re(){let e=d.value;if(e.length<2)return r`<span class="small faint">${b(f.value)}</span>`;let t=a=>e.length>K?b(a):`${a.width}×${a.height}`,s=a=>{v.value=a};return e.length>K?r`<select class="pill" aria-label=${n("playlists_page.profile")} value=${v.value} onChange=${a=>s(Number(a.target.value))}>
      ${e.map((a,l)=>r`<option value=${l}>${t(a)}</option>`)}
    </select>`:r`<span class="seg" role="group" aria-label=${n("playlists_page.profile")}>
    ${e.map((a,l)=>r`<button type="button" class=${l===v.value?"on":""} aria-pressed=${String(l===v.value)} onClick=${()=>s(l)}>${t(a)}</button>`)}
  </span>`}function oe(){let e=D(null),t=W(f.value),s=_.value.version;M(()=>{u=J(e.current,f.value,ie),u.play(p.value);let l=()=>u?.refit();return addEventListener("resize",l),()=>{removeEventListener("resize",l),u?.leave()}},[t]),M(()=>{u?.show(_.value)},[s,t]),M(()=>{u?.jump(ne())},[j.value,$.value,t,k(x(h.value,f.value))>0]);let a=!_.value.loops[0].showings.length;return r`<div class="hang" ref=${e}>
    ${a&&!g.value&&r`<span class="tvl">${n("playlists_page.nothing_yet")}</span>`}
    ${g.value&&r`<p class="setting" role="status"><progress max=${g.value.of} value=${g.value.done}></progress><span>${n("playlists_page.typesetting",g.value)}</span></p>`}
    ${C.value&&r`<p class="setting" role="status">${C.value}</p>`}
  </div>`}var c={range:null,words:null};function ie(e,t){!c.range||!c.words||(c.range.max=String(t),c.range.value=String(e),c.range.style.setProperty("--part",`${t?e/t*100:0}%`),c.range.setAttribute("aria-valuetext",n("playlists_page.second_of",{n:Math.floor(e/1e3),of:Math.floor(t/1e3)})),c.words.textContent=`${Q(e)} / ${Q(t)}`)}function ue(){let e=()=>{p.value=!p.value,u?.play(p.value)},t=s=>{p.value&&e(),u?.jump(Number(s.target.value))};return r`<div class="scrub">
    <button type="button" class="btn q sm" aria-label=${n(p.value?"playlists_page.pause":"playlists_page.play")} onClick=${e}><${G} name=${p.value?"pause":"play"} /></button>
    <input class="range" type="range" min="0" step="100" aria-label=${n("playlists_page.time")} onInput=${t} ref=${s=>{c.range=s}} />
    <span class="small faint nowrap" ref=${s=>{c.words=s}}>0:00</span>
  </div>`}function Pe(){$.value=!0,p.value=!0,u?.play(!0),u?.jump(0)}function ce(){let e=x(h.value,f.value),t=e?.facts,s=l=>n("playlists_page.seconds",{n:Math.round(l/1e3)}),a=[t&&[n("playlists_page.fact.readable"),n("playlists_page.fact.metres",{n:t.readable_m})],$.value||!j.value?y.value&&[n("playlists_page.fact.round"),s(y.value)]:e&&[n(t?.scrolls?"playlists_page.fact.one_pass":"playlists_page.fact.stays"),s(k(e))],y.value&&[n("playlists_page.fact.an_hour"),n("playlists_page.fact.times",{n:Math.floor(36e5/y.value)})]].filter(Boolean);return a.length?r`<dl class="facts">${a.map(([l,i])=>r`<div><dt>${l}</dt><dd>${i}</dd></div>`)}</dl>`:null}function pe(){if(!I.value.length||!h.value)return null;let e=d.value.reduce((t,s)=>t+s.screens.length,0);return r`<div class="row between others">
      <h3>${n("playlists_page.on_others")}</h3>
      <span class="small faint">${n("playlists_page.profiles_in_all",{n:d.value.length,screens:e})}</span>
    </div>
    <ul class="stack">${I.value.map(t=>r`<${ve} key=${W(t)} one=${t} />`)}</ul>`}function fe({width:e,height:t},s){let a=s==="full"?Math.min(1,se/e,le/t):1;return{width:Math.round(e*a),height:Math.round(t*a)}}function ve({one:e}){let t=x(h.value,e),s=H(t,e),a=t?.pages[0],l=a&&fe(a,e.colour),i=()=>{v.value=d.value.indexOf(e)};return r`<li class="card row pad g16 other">
    <span class=${`led bare ${e.colour==="full"?"pic":e.colour}`}><span class="px">
      ${a?r`<img src=${`/media/${a.media}`} alt=${t.text||""} width=${l.width} height=${l.height} />`:r`<i class="unlit"></i>`}
    </span></span>
    <span class="grow"><button type="button" class="link strong" onClick=${i}>${b(e)}</button><br />
      <span class="small faint">${[s.shape,e.screens.length&&n(`now.n_screens${e.screens.length===1?"_one":""}`,{n:e.screens.length})].filter(Boolean).join(n("playlists_page.join"))}</span><br />
      ${s.text&&r`<span class=${`badge ${s.kind}`}>${s.text}</span>`}</span>
  </li>`}export{Se as Preview,Pe as playWhole};
