import{a as o}from"./part-CYMDSWTQ.js";import"./part-NOMXXPQT.js";import"./part-VFJJ7ZP2.js";import"./part-AJJ3ULMT.js";o();
