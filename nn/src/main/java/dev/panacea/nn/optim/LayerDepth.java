package dev.panacea.nn.optim;

import dev.panacea.nn.Parameter;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How far below the last layer a parameter of a backbone lies, by its path alone, as BEiT and timm count: 0 for what
 * follows the blocks, 1 for the last block, and so on down to what makes tokens of pictures. What leads into a stage of
 * Swin counts with the first block of the stage.
 */
final class LayerDepth {
    private static final Pattern STEM =
            Pattern.compile("(?:.*\\.)?(?:patch_embed\\..*|cls_token|mask_token|pos_embed)");
    private static final Pattern BLOCK =
            Pattern.compile("(?:.*?\\.)??(?:layers\\.(\\d{1,6})\\.)?blocks\\.(\\d{1,6})\\..*");
    private static final Pattern DOWNSAMPLE = Pattern.compile("(?:.*\\.)?layers\\.(\\d{1,6})\\.downsample\\..*");

    private final List<Long> blocks;

    LayerDepth(List<Parameter> parameters) {
        TreeSet<Long> numbers = new TreeSet<>();
        parameters.forEach(parameter -> numbers.add(block(parameter.path())));
        numbers.remove(-1L);
        blocks = new ArrayList<>(numbers);
    }

    int of(Parameter parameter) {
        if (STEM.matcher(parameter.path()).matches()) {
            return blocks.size() + 1;
        }
        int index = blocks.indexOf(block(parameter.path()));
        return index < 0 ? 0 : blocks.size() - index;
    }

    /** A number that grows from block to block, of all stages; -1 outside blocks. */
    private static long block(String path) {
        Matcher block = BLOCK.matcher(path);
        if (block.matches()) {
            return number(block.group(1)) << 32 | number(block.group(2));
        }
        Matcher downsample = DOWNSAMPLE.matcher(path);
        return downsample.matches() ? number(downsample.group(1)) << 32 : -1;
    }

    private static long number(String digits) {
        return digits == null ? 0 : Long.parseLong(digits);
    }
}
