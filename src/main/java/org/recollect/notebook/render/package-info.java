/// What a notebook shows of a value: as HTML, picture or formula, and always as plain text.
///
/// [Renderers] lists one renderer per kind of value; `JJava` and `IJava` hand them to those
/// kernels. HTML keeps to classes, `<style>`, tables, `<details>` and `<progress>`, which stock
/// viewers let through, and to colours that follow the page, so that it reads in light and dark.
package org.recollect.notebook.render;
