/** Where the selections of each latent step fall on the image grid: how many questions selected each slot. */
import { Group, Select, Text } from '@mantine/core';
import { useState } from 'react';
import type { RunAttention, RunSelectionMap } from '../../../../../shared/run-attention.ts';
import { sequentialColour } from '../../../app/palette.ts';
import { ChartCard } from '../../../components/chart-card.tsx';
import { picturedText } from '../../../components/chart-png.ts';
import { count, counted, percent } from '../../../components/numbers.ts';
import { slotName, slotNumbering } from '../../question/slot-name.ts';
import classes from './selection-maps.module.css';
import { stepNoun } from './step-series.ts';

const gridOf = ({ gridRows, gridColumns }: RunSelectionMap): string => `${String(gridRows)} × ${String(gridColumns)}`;

export function SelectionMapsCard({ attention }: Readonly<{ attention: RunAttention }>) {
  const { selectionMaps, scorer } = attention;
  const grids = [...new Set(selectionMaps.filter(({ stepIndex }) => stepIndex === 0).map(gridOf))];
  const [chosen, setChosen] = useState<string | null>(null);
  const grid = chosen !== null && grids.includes(chosen) ? chosen : (grids[0] ?? '');
  const maps = selectionMaps.filter((map) => gridOf(map) === grid);
  const most = Math.max(...maps.flatMap(({ counts, questionCount }) => counts.map((each) => each / questionCount)), 0);
  const first = maps[0];
  const short = stepNoun(attention) === 'insertion' ? 'Insertion' : 'Step';
  if (first === undefined) return null;
  return (
    <ChartCard
      title="Where selections fall"
      note={`Grid ${grid} (rows × columns), n = ${counted(first.questionCount, 'question')} with an image on it; scorer ${scorer}; one scale for all`}
      fileName="selection-maps"
      definition={
        <>
          Each cell is one image slot (a merged patch) in its place; its colour is the share of questions that selected
          it. Questions with images on other grids have maps of their own. Slots that earlier latent steps took cannot
          be selected again, unless reuse is allowed: later maps also show what was left. {slotNumbering}
        </>
      }
      controls={
        grids.length > 1 ? (
          <Select
            size="xs"
            w={130}
            data={grids}
            value={grid}
            onChange={setChosen}
            aria-label="Image grid"
            allowDeselect={false}
          />
        ) : undefined
      }
      table={{
        columns: [short, 'Slot (from 0)', 'Row', 'Column', 'Selections', 'Share of questions'],
        rows: maps.flatMap(({ stepIndex, gridColumns, counts, questionCount }) =>
          counts.map((each, slot) => [
            stepIndex + 1,
            slot,
            Math.floor(slot / gridColumns) + 1,
            (slot % gridColumns) + 1,
            each,
            each / questionCount,
          ]),
        ),
      }}
    >
      <Group align="flex-start" gap="lg">
        {maps.map((map) => (
          <SelectionMap map={map} name={short} most={most} key={map.stepIndex} />
        ))}
        <ColourScale most={most} />
      </Group>
    </ChartCard>
  );
}

const mapWidth = 236;

function SelectionMap({ map, name, most }: Readonly<{ map: RunSelectionMap; name: string; most: number }>) {
  const { stepIndex, gridRows, gridColumns, questionCount, counts } = map;
  const cell = mapWidth / Math.max(gridColumns, gridRows);
  const selections = counts.reduce((sum, each) => sum + each, 0);
  return (
    <div>
      <Text size="xs" c="dimmed" mb={4}>
        <span {...picturedText}>
          {`${name} ${String(stepIndex + 1)}, n = ${count(questionCount)}, ${(selections / questionCount).toFixed(1)} patches each`}
        </span>
      </Text>
      <svg
        width={cell * gridColumns}
        height={cell * gridRows}
        role="img"
        aria-label={`Selections at ${name.toLowerCase()} ${String(stepIndex + 1)} over the image grid; the same counts are in the table`}
        className={classes.map}
      >
        {counts.map((each, slot) => (
          <rect
            key={slot}
            x={(slot % gridColumns) * cell}
            y={Math.floor(slot / gridColumns) * cell}
            width={cell}
            height={cell}
            fill={sequentialColour(most === 0 ? 0 : each / questionCount / most)}
          >
            <title>
              {`${slotName(map, slot)}: ${count(each)} of ${counted(questionCount, 'question')} (${percent(each / questionCount)})`}
            </title>
          </rect>
        ))}
      </svg>
    </div>
  );
}

const scaleSteps = 40;

function ColourScale({ most }: Readonly<{ most: number }>) {
  const height = mapWidth;
  return (
    <div>
      <Text size="xs" c="dimmed" mb={4}>
        <span {...picturedText}>Share</span>
      </Text>
      <svg width={70} height={height} role="img" aria-label={`Colours from 0 % to ${percent(most)} of questions`}>
        {Array.from({ length: scaleSteps }, (_, index) => (
          <rect
            key={index}
            x={0}
            y={(index * height) / scaleSteps}
            width={14}
            height={height / scaleSteps + 0.5}
            fill={sequentialColour(1 - index / (scaleSteps - 1))}
          />
        ))}
        {[1, 0.5, 0].map((fraction) => (
          <text key={fraction} x={20} y={8 + (1 - fraction) * (height - 12)} className={classes.label}>
            {percent(fraction * most, 0)}
          </text>
        ))}
      </svg>
    </div>
  );
}
