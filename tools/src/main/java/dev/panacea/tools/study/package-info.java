/** {@code panacea study}: the paper's questions to several networks, side by side. */
package dev.panacea.tools.study;
