/** A JSON value as indented lines, each object foldable; nothing is left out. */
import classes from './json-tree.module.css';

export function JsonTree({ value }: Readonly<{ value: unknown }>) {
  return (
    <div className={classes.tree}>
      <Members value={value} />
    </div>
  );
}

function Members({ value }: Readonly<{ value: unknown }>) {
  if (typeof value !== 'object' || value === null) return <Leaf value={value} />;
  return (
    <dl className={classes.members}>
      {Object.entries(value).map(([name, member]) => (
        <Member key={name} name={name} value={member} />
      ))}
    </dl>
  );
}

function Member({ name, value }: Readonly<{ name: string; value: unknown }>) {
  if (typeof value !== 'object' || value === null || Object.keys(value).length === 0) {
    return (
      <div className={classes.line}>
        <dt>{name}</dt>
        <dd>
          <Leaf value={value} />
        </dd>
      </div>
    );
  }
  return (
    <div>
      <dt className={classes.hidden}>{name}</dt>
      <dd className={classes.nested}>
        <details open>
          <summary>{name}</summary>
          <Members value={value} />
        </details>
      </dd>
    </div>
  );
}

function Leaf({ value }: Readonly<{ value: unknown }>) {
  const kind = value === null ? 'null' : typeof value;
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return <span data-kind={kind}>{text === '' ? '(empty)' : text}</span>;
}
