package dev.panacea.tests.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.panacea.ace.metric.Interval;
import dev.panacea.ace.transfer.TransferResult;
import dev.panacea.tensor.DataException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run's result is read as it was written, and nothing else is. */
class TransferResultTest {
    private static TransferResult result() {
        SequencedMap<String, Interval> numbers = new LinkedHashMap<>();
        numbers.put("mean AUC", new Interval(0.8125, 0.79, 0.83));
        numbers.put("AUC Hernia, \"rare\"", new Interval(Double.NaN, Double.NaN, Double.NaN));
        return new TransferResult("classify", "chestxray14", "ACE", "swin_base", "runs/ace/last.safetensors",
                Long.MAX_VALUE, 75312, "test", 25596, "mean AUC", false, numbers);
    }

    @Test
    void writtenAndReadItIsTheSame(@TempDir Path folder) throws IOException {
        Path file = folder.resolve(TransferResult.FILE);
        result().write(file);
        assertThat(TransferResult.read(file)).isEqualTo(result());
        assertThat(Files.readString(file)).isEqualTo("""
                {
                  "kind" : "classify",
                  "task" : "chestxray14",
                  "method" : "ACE",
                  "model" : "swin_base",
                  "init" : "runs/ace/last.safetensors",
                  "seed" : 9223372036854775807,
                  "trainExamples" : 75312,
                  "split" : "test",
                  "cases" : 25596,
                  "primary" : "mean AUC",
                  "lowerIsBetter" : false,
                  "numbers" : {
                    "mean AUC" : {
                      "value" : 0.8125,
                      "low" : 0.79,
                      "high" : 0.83
                    },
                    "AUC Hernia, \\"rare\\"" : {
                      "value" : null,
                      "low" : null,
                      "high" : null
                    }
                  }
                }
                """);
        assertThatThrownBy(() -> TransferResult.read(folder)).isInstanceOf(DataException.class)
                .hasMessageContaining("no plain file");
        assertThatThrownBy(() -> TransferResult.read(folder.resolve("b"))).hasMessageContaining("no such file");
    }

    @Test
    void anythingElseIsRefusedInOneLine() {
        String json = result().json();
        for (List<String> change : List.of(
                List.of("{", "", "not JSON, line 2 (is it the result of a fine-tuning?)"),
                List.of("classify", "classified", "kind is \"classified\" (need classify, segment, keypoints)"),
                List.of("\"seed\" : ", "\"seed\" : 1", "\"seed\" is \"19223372036854775807\" (need a whole number of "),
                List.of("75312", "2147483648", "\"trainExamples\" is \"2147483648\" (need a whole number of 0 to 2"),
                List.of("25596", "12.5", "\"cases\" is \"12.5\" (need a whole number"),
                List.of("25596", "\"1\"", "\"cases\" is \"\"1\"\" (need a whole number"),
                List.of("false", "\"no\"", "(need true or false)"),
                List.of("\"ACE\"", "null", "\"method\" is \"null\" (need a text)"),
                List.of("\"split\"", "\"spilt\"", "unknown key \"spilt\" (need kind, task, "),
                List.of("\"split\" : \"test\",", "", "\"split\" is missing (is it the result of a fine-tuning?)"),
                List.of("\"task\"", "\"kind\"", "not JSON, line 3"),
                List.of("\"value\" : 0.8125", "\"value\" : \"0.8125\"", "\"mean AUC.value\" is "),
                List.of("\"low\" : 0.79,", "", "\"mean AUC.low\" is missing"),
                List.of("\"mean AUC\",", "\"accuracy\",", "primary is \"accuracy\" (need one of the numbers)"))) {
            String text = json.replaceFirst(Pattern.quote(change.get(0)), change.get(1));
            assertThat(text).isNotEqualTo(json);
            assertThatThrownBy(() -> TransferResult.parse(text, "result x")).isInstanceOf(DataException.class)
                    .hasMessageStartingWith("result x: ").hasMessageContaining(change.get(2))
                    .message().doesNotContain("\n");
        }
        for (String text : List.of("", "[]", "null", "{}", json + "{}", "[".repeat(100_000))) {
            assertThatThrownBy(() -> TransferResult.parse(text, "result x")).isInstanceOf(DataException.class)
                    .hasMessageStartingWith("result x: ");
        }
    }
}
