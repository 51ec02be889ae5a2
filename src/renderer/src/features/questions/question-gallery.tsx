/** The questions as pictures in a grid; pictures load as they come into view. */
import { IconPhotoOff } from '@tabler/icons-react';
import { useElementSize } from '@mantine/hooks';
import { memo } from 'react';
import { beginningOf } from '../../components/plain-text.ts';
import { OutcomeMark } from './outcome-mark.tsx';
import classes from './question-gallery.module.css';
import { questionAddress, SelectBox } from './question-table.tsx';
import { type QuestionItem, type QuestionItemsProps, useQuestionLines } from './use-question-lines.ts';

export const cardWidths = { small: 150, medium: 210, large: 300 } as const;
export type CardSize = keyof typeof cardWidths;

const gap = 12;
const captionHeight = 88;

export type QuestionGalleryProps = QuestionItemsProps &
  Readonly<{ cardSize: CardSize; onColumnCount: (count: number) => void }>;

export function QuestionGallery({ cardSize, ...props }: QuestionGalleryProps) {
  const { ref, width } = useElementSize();
  const cardsInRow = Math.max(1, Math.floor((width + gap) / (cardWidths[cardSize] + gap)));
  return (
    <div ref={ref} className={classes.gallery}>
      {width === 0 ? null : <Cards {...props} cardsInRow={cardsInRow} pictureHeight={cardWidths[cardSize] * 0.72} />}
    </div>
  );
}

type CardsProps = QuestionItemsProps &
  Readonly<{ cardsInRow: number; pictureHeight: number; onColumnCount: (count: number) => void }>;

function Cards(props: CardsProps) {
  const { input, total, cardsInRow, pictureHeight } = props;
  const rowHeight = Math.round(pictureHeight) + captionHeight + gap;
  const { ref, height, items } = useQuestionLines(props, { rowHeight, itemsInRow: cardsInRow });
  props.onColumnCount(cardsInRow);
  return (
    <div ref={ref} role="list" aria-label="Questions" className={classes.body} style={{ height }}>
      {items.map((item) => (
        <Card
          key={item.index}
          {...item}
          total={total}
          column={item.index % cardsInRow}
          cardsInRow={cardsInRow}
          pictureHeight={pictureHeight}
          href={item.row === null ? '' : questionAddress(input, item.row.sampleId)}
        />
      ))}
    </div>
  );
}

type CardProps = QuestionItem &
  Readonly<{
    total: number;
    column: number;
    cardsInRow: number;
    pictureHeight: number;
    href: string;
  }>;

const Card = memo(function Card(props: CardProps) {
  const { row, index, total, top, column, cardsInRow, pictureHeight, href, isCursor, isSelected } = props;
  return (
    <div
      role="listitem"
      aria-setsize={total}
      aria-posinset={index + 1}
      data-index={index}
      className={classes.card}
      {...(isCursor ? { 'data-cursor': true } : {})}
      {...(isSelected ? { 'data-selected': true } : {})}
      {...(row === null ? { 'aria-busy': true } : {})}
      style={{
        top,
        left: `calc((100% + ${String(gap)}px) / ${String(cardsInRow)} * ${String(column)})`,
        width: `calc((100% + ${String(gap)}px) / ${String(cardsInRow)} - ${String(gap)}px)`,
        height: Math.round(pictureHeight) + captionHeight,
      }}
    >
      <div className={classes.picture} style={{ height: Math.round(pictureHeight) }}>
        {row === null ? null : row.imageUrl === null ? (
          <span className={classes.none}>
            <IconPhotoOff size={22} aria-hidden="true" />
            no picture
          </span>
        ) : (
          <img src={`${row.imageUrl}?size=256`} alt="" loading="lazy" decoding="async" />
        )}
      </div>
      {row === null ? null : (
        <div className={classes.caption}>
          <span className={classes.marks}>
            <SelectBox
              row={row}
              index={index}
              isSelected={isSelected}
              isFixed={props.isFixed}
              onToggle={props.onToggle}
            />
            <OutcomeMark outcome={row.outcome} />
            <span className={classes.letters} title="Gold letter, and the letter read in the answer">
              <span className={classes.word}>gold</span> {row.gold ?? '–'}
              <span className={classes.arrow} aria-hidden="true">
                →
              </span>
              <span className={classes.word}>read</span> {row.predicted ?? '–'}
            </span>
          </span>
          <a className={classes.link} href={href} title={beginningOf(row.question)} onClick={() => props.onOpen(index)}>
            {beginningOf(row.question === '' ? row.sampleId : row.question)}
          </a>
        </div>
      )}
    </div>
  );
});
