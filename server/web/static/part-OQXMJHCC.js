import{b as a}from"./part-FNQXXQFP.js";import"./part-HQMXXG4G.js";import"./part-OVGFST3Q.js";import"./part-NOMXXPQT.js";import"./part-AJJ3ULMT.js";export{a as hangAlert};
