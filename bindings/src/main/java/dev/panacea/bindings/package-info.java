/** Backends over native libraries, found by {@link java.util.ServiceLoader}. */
package dev.panacea.bindings;
