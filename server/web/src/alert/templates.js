/** A template fills everything; what was changed by hand under it comes back when it is chosen again. */

/** @typedef {{headline: string, instruction: string, severity: string, presentation: string, expires_s: number}} Template */

/** @type {Map<string, {headline: string, instruction: string}>} */
const typed = new Map();
let held = "";

/**
 * @param {HTMLFormElement} form
 * @param {Record<string, Template>} templates
 * @param {string} name
 */
export function fillFrom(form, templates, name) {
  const field = (/** @type {string} */ id) => /** @type {HTMLInputElement} */ (form.elements.namedItem(id));
  typed.set(held, { headline: field("headline").value, instruction: field("instruction").value });
  held = name;
  const template = templates[name];
  const words = typed.get(name) || template || { headline: "", instruction: "" };
  field("headline").value = words.headline;
  field("instruction").value = words.instruction;
  if (!template) return field("headline").focus();
  choose(form, "severity", template.severity);
  choose(form, "presentation", template.presentation);
}

/** @param {HTMLFormElement} form @param {string} name @param {string} value */
function choose(form, name, value) {
  const found = /** @type {HTMLInputElement | null} */ (form.querySelector(`input[name=${name}][value="${value}"]`));
  if (found && found.type === "radio") found.checked = true;
}
