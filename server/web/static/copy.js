import{a as o}from"./part-XFSCAVA3.js";import"./part-TQPFGIQR.js";o();
