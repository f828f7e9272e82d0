/** {@code panacea draw}: drawn chest X-rays as files. Start reading at {@link dev.panacea.tools.drawn.Draw}. */
package dev.panacea.tools.drawn;
