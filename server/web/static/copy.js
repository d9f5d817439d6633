import{a as o}from"./part-52IWFNWU.js";import"./part-LAUGCKL7.js";import"./part-AJJ3ULMT.js";o();
