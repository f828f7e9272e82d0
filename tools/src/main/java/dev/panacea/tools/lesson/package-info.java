/**
 * Commands that show the method at work: {@code crops}, {@code target}, {@code trace} and {@code graph}. Start reading
 * at {@link dev.panacea.tools.lesson.Crops}.
 */
package dev.panacea.tools.lesson;
