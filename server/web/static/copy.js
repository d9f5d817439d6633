import{a as o}from"./part-TCRUSY43.js";import"./part-QCVV623K.js";import"./part-AJJ3ULMT.js";o();
