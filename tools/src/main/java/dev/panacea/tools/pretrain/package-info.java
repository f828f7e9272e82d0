/** {@code panacea pretrain}: the main job. */
package dev.panacea.tools.pretrain;
