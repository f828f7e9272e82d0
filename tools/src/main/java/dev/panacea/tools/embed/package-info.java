/** {@code panacea embed}: from pictures to the features of a model. */
package dev.panacea.tools.embed;
