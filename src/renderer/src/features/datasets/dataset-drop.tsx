/** Takes a dropped folder or file. Only the window knows its path; a browser is pointed to the picker. */
import { Alert, Button, Container, Group, Text } from '@mantine/core';
import type { DragEvent, ReactNode } from 'react';
import { useState } from 'react';
import { windowBridge } from '../../app/window-bridge.ts';
import classes from './dataset-drop.module.css';

type DatasetDropProps = Readonly<{ onPath: (path: string) => void; onPick: () => void; children: ReactNode }>;

const holdsFiles = (event: DragEvent): boolean => event.dataTransfer.types.includes('Files');

export function DatasetDrop({ onPath, onPick, children }: DatasetDropProps) {
  const [isOver, setIsOver] = useState(false);
  const [pathless, setPathless] = useState<string | null>(null);
  return (
    <div
      className={classes.zone}
      data-over={isOver || undefined}
      onDragOver={(event) => {
        if (!holdsFiles(event)) return;
        event.preventDefault();
        setIsOver(true);
      }}
      onDragLeave={({ currentTarget, relatedTarget }) => {
        if (!(relatedTarget instanceof Node && currentTarget.contains(relatedTarget))) setIsOver(false);
      }}
      onDrop={(event) => {
        if (!holdsFiles(event)) return;
        event.preventDefault();
        setIsOver(false);
        const file = event.dataTransfer.files[0];
        if (file === undefined) return;
        const path = windowBridge().pathForFile?.(file) ?? '';
        setPathless(path === '' ? file.name : null);
        if (path !== '') onPath(path);
      }}
    >
      {pathless === null ? null : (
        <Container size={1680} px="lg" pt="lg">
          <Alert
            color="yellow"
            title="A browser does not tell where a dropped folder lies"
            withCloseButton
            closeButtonLabel="Close"
            onClose={() => setPathless(null)}
          >
            <Group justify="space-between">
              <Text size="sm">Pick “{pathless}” among the folders of the machine that runs Penumbra instead.</Text>
              <Button
                size="compact-sm"
                variant="default"
                onClick={() => {
                  setPathless(null);
                  onPick();
                }}
              >
                Open the picker
              </Button>
            </Group>
          </Alert>
        </Container>
      )}
      {children}
    </div>
  );
}
