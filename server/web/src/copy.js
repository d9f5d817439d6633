/** Pages with something to copy. */

import { copyButtons } from "./wall/copy.js";

copyButtons();
