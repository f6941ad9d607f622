import { alpha2Of, countryBelow, outlineOf, isLand } from "/work/main/contract/countries.ts";
import { compilePolicy } from "/work/main/contract/policy.ts";
import { Area } from "/work/main/mesh/geo/area.ts";
import { FILED } from "/work/main/benches/field.ts";
import { geodeticToEcef } from "/work/main/mesh/orbit/frames.ts";
const gc=(globalThis as any).gc; const h=()=>{gc();gc();const m=Deno.memoryUsage();return (m.heapUsed+m.external)/1e6;};
const time=(n:string,f:()=>unknown)=>{const t=performance.now();const r=f();console.log(n,(performance.now()-t).toFixed(2),"ms",String(r).slice(0,60));};
const h0=h();
time("first DE",()=>outlineOf("DE")); 
time("CA",()=>outlineOf("CA")); time("RU",()=>outlineOf("RU")); time("US",()=>outlineOf("US"));
console.log("heap",h()-h0);
time("all",()=>countryBelow(-50,-130)); console.log("heap all",h()-h0);
time("lookup x1000",()=>{for(let i=0;i<1000;i++) countryBelow(-50+i*.1,-130+i*.25);});
const g=(lat:number,lon:number)=>geodeticToEcef({lat,lon,alt:550} as any);
let seed=1; const rnd=()=>{seed=(seed*16807)%2147483647;return seed/2147483647;};
const world=Array.from({length:4096},()=>g(Math.asin(rnd()*1.6-.8)*180/Math.PI,rnd()*360-180));
function run(name:string,policy:any,pts:any[],index=7){
  const c=compilePolicy(policy,FILED) as any; if(c.issues){console.log(JSON.stringify(c));return;}
  const N=2_000_000; let s=0; for(let i=0;i<200000;i++) s+=+c.admits(index,pts[i&4095]);
  const b=Deno.memoryUsage().heapUsed; const t=performance.now(); for(let i=0;i<N;i++) s+=+c.admits(index,pts[i&4095]);
  const d=performance.now()-t; console.log(name,(d/N*1e6).toFixed(0),"ns", "alloc B/call",((Deno.memoryUsage().heapUsed-b)/N).toFixed(3));
}
const inbox=(a:number,b:number,c:number,d:number)=>Array.from({length:4096},()=>g(a+rnd()*(b-a),c+rnd()*(d-c)));
for (const c of ["DE","US","RU","CA"]) run("deny "+c+" world",{deny:[{country:c}]},world);
run("deny DE, over DE",{deny:[{country:"DE"}]},inbox(47,55,6,15));
run("deny US, over US",{deny:[{country:"US"}]},inbox(25,49,-125,-67));
run("deny CA, over CA",{deny:[{country:"CA"}]},inbox(49,75,-130,-60));
run("deny RU, over RU",{deny:[{country:"RU"}]},inbox(45,75,30,170));
run("deny shell",{deny:[{shell:"G2A"}]},world);
run("deny node",{deny:[{node:"G2A-017-042"}]},world);
const eu="AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE".split(" ").map(country=>({country}));
run("allow EU world",{allow:eu},world); run("allow EU over EU",{allow:eu},inbox(38,60,-8,28));
const star=(n:number)=>{const r=[] as number[][];for(let i=0;i<n;i++){const a=2*Math.PI*i/n;const q=i&1?5:20;r.push([q*Math.cos(a),q*Math.sin(a)]);}r.push(r[0]);return {type:"Polygon",coordinates:[r]};};
const spikes=(n:number)=>{const r=[] as number[][];for(let i=0;i<n;i++)r.push([i*100/n, i&1?40:-40]);r.push([100,-60],[0,-60],r[0]);return {type:"Polygon",coordinates:[r]};};
for (const k of [star,spikes]) { const a=k(9000); for(let i=0;i<3;i++) time("compile 9000",()=>Object.keys(compilePolicy({deny:[{area:a}]},FILED))); run("9000 vertices",{deny:[{area:a}]},inbox(-20,20,-20,20)); }
const tri=Array.from({length:256},(_,i)=>({area:{type:"Polygon",coordinates:[[[i/2,0],[i/2+.3,0],[i/2,.3],[i/2,0]]]}}));
run("256 areas",{deny:tri},world);
