/** {@code panacea bench}: how fast kernels and models are, beside what this machine can do. Start at {@code Bench}. */
package dev.panacea.tools.bench;
